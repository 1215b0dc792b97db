package io.runnel.connectors.httpservices;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Name;
import io.runnel.config.PluginSection;
import io.runnel.config.Secret;
import io.runnel.plugins.client.ObjectKeys;
import io.runnel.plugins.common.InjectConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

@Doc("Writes each chunk as an object of a Google Cloud Storage bucket.")
record GcsConfig(
    @Doc("The project that a bucket is made in.") Optional<String> project,
    @Doc("File with a key of a service account (JSON); the default credentials where absent.")
        Optional<String> keyfile,
    @Doc("Not used: the buffer tries again.") Optional<Integer> clientRetries,
    @Doc("Wait for a connection and for the answer, each; 60 s where absent.")
        Optional<Duration> clientTimeout,
    @Doc("Name of the bucket.") String bucket,
    @Doc(
            "Names of the objects: %{path}, %{time_slice}, %{index}, %{file_extension},"
                + " %{hex_random}, %{uuid_flush}, %{hostname}, and placeholders of the chunk keys.")
        @Default(ObjectKeys.DEFAULT)
        String objectKeyFormat,
    @Doc("Prefix of the names; may hold placeholders of the chunk keys and strftime letters.")
        @Default("")
        String path,
    @Doc("Strftime letters of %{time_slice}; by the length of timekey where absent.")
        Optional<String> timeSliceFormat,
    @Doc("Form of the objects: gzip, json or text.") @Default("gzip") StoreAs storeAs,
    @Doc("gzip: objects are text whose transfer is compressed, and are given out without.")
        @Default("false")
        boolean transcoding,
    @Doc("Makes the bucket where there is none.") @Default("true") boolean autoCreateBucket,
    @Doc("Digits of %{hex_random}, up to 32.") @Default("4") int hexRandomLength,
    @Doc("Replaces an object that is there where the name has no %{index}.") @Default("false")
        boolean overwrite,
    @Doc("Permissions: auth_read, owner_full, owner_read, private, project_private, public_read.")
        Optional<Acl> acl,
    @Doc("Storage class: dra, nearline, coldline, multi_regional, regional, standard.")
        Optional<StorageClass> storageClass,
    @Doc("A key of your own for the encryption, 32 bytes.") @Secret Optional<String> encryptionKey,
    @Doc("Metadata of the objects.") List<Metadata> objectMetadata,
    @Doc("URL of the interface.") @Default("https://storage.googleapis.com") String endpoint,
    @Doc("How an event is written.") @Default("out_file") PluginSection format,
    @Doc("Fields that are added.") Optional<InjectConfig> inject) {
  enum StoreAs {
    GZIP("gz", "application/gzip"),
    JSON("json", "application/json"),
    TEXT("txt", "text/plain");

    private final String extension;
    private final String contentType;

    StoreAs(String extension, String contentType) {
      this.extension = extension;
      this.contentType = contentType;
    }

    String extension() {
      return extension;
    }

    String contentType() {
      return contentType;
    }
  }

  enum Acl {
    @Name("auth_read")
    AUTH_READ("authenticatedRead"),
    @Name("owner_full")
    OWNER_FULL("bucketOwnerFullControl"),
    @Name("owner_read")
    OWNER_READ("bucketOwnerRead"),
    PRIVATE("private"),
    @Name("project_private")
    PROJECT_PRIVATE("projectPrivate"),
    @Name("public_read")
    PUBLIC_READ("publicRead");

    private final String text;

    Acl(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  enum StorageClass {
    DRA("DURABLE_REDUCED_AVAILABILITY"),
    NEARLINE("NEARLINE"),
    COLDLINE("COLDLINE"),
    @Name("multi_regional")
    MULTI_REGIONAL("MULTI_REGIONAL"),
    REGIONAL("REGIONAL"),
    STANDARD("STANDARD");

    private final String text;

    StorageClass(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /** {@code <object_metadata>}. */
  record Metadata(
      @Doc("Its name.") @Default("") String key, @Doc("Its value.") @Default("") String value) {}
}
