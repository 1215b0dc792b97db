package io.runnel.connectors.s3;

import io.runnel.config.ByteSize;
import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Inline;
import io.runnel.config.Name;
import io.runnel.config.Obsolete;
import io.runnel.config.PluginSection;
import io.runnel.config.Secret;
import io.runnel.plugins.client.ObjectKeys;
import io.runnel.plugins.common.InjectConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

@Doc("Writes each chunk as an object of an S3 bucket, or of a store with the same interface.")
record S3OutputConfig(
    @Doc("Prefix of the keys; may hold placeholders of the chunk keys and strftime letters.")
        @Default("")
        String path,
    @Doc("Name of the bucket.") String s3Bucket,
    @Doc("Region of the bucket; AWS_REGION, else us-east-1, where absent.")
        Optional<String> s3Region,
    @Doc("URL of a store with the interface of S3; for Amazon's own use s3_region.")
        Optional<String> s3Endpoint,
    @Inline AwsAccess access,
    @Doc("Not used: this Java's certificates of authorities are taken.") @Default("false")
        boolean useBundledCert,
    @Doc("Tries to load credentials of the instance so many times.")
        @Obsolete("Use 'instance_profile_credentials' instead")
        Optional<Integer> awsIamRetries,
    @Doc("Uses S3 Transfer Acceleration, which the bucket must allow.") @Default("false")
        boolean enableTransferAcceleration,
    @Doc("Uses the endpoints with IPv6.") @Default("false") boolean enableDualStack,
    @Doc("Whether the server's certificate is verified.") @Default("true") boolean sslVerifyPeer,
    @Doc("A file with certificates of authorities to trust (PEM).") Optional<String> sslCaBundle,
    @Doc("A folder with certificates of authorities to trust (PEM).")
        Optional<String> sslCaDirectory,
    @Doc(
            "Keys of the objects: %{path}, %{time_slice}, %{index}, %{file_extension},"
                + " %{hex_random}, %{uuid_flush}, %{hostname}, %{hms_slice}, and placeholders of"
                + " the chunk keys.")
        @Default(ObjectKeys.DEFAULT)
        String s3ObjectKeyFormat,
    @Doc("Strftime letters of %{time_slice}; by the length of timekey where absent.")
        Optional<String> timeSliceFormat,
    @Doc("Leaves the bucket in the path of the URL instead of the host's name.")
        @Default("false")
        @Obsolete(
            "S3 will drop path style API in 2020: See"
                + " https://aws.amazon.com/blogs/aws/amazon-s3-path-deprecation-plan-the-rest-of-the-story/")
        boolean forcePathStyle,
    @Doc(
            "Form of the objects: gzip, json, text, zstd; by programs gzip_command, lzo, lzma2,"
                + " parquet.")
        @Default("gzip")
        String storeAs,
    @Doc("Parameters of the program of gzip_command, lzo (-qf1) or lzma2 (-qf0).")
        Optional<String> commandParameter,
    @Doc("Settings of zstd and parquet.") Optional<Compress> compress,
    @Doc("Makes the bucket where there is none.") @Default("true") boolean autoCreateBucket,
    @Doc("Checks at the start that the keys may list the bucket.") @Default("true")
        boolean checkApikeyOnStart,
    @Doc("URL of a proxy.") Optional<String> proxyUri,
    @Doc("Cheaper storage with less copies.")
        @Default("false")
        @Obsolete("Use storage_class parameter instead.")
        boolean reducedRedundancy,
    @Doc("Storage class of the objects.") @Default("STANDARD") String storageClass,
    @Doc("Encryption at rest: AES256 or aws:kms.") Optional<String> useServerSideEncryption,
    @Doc("Key of AWS KMS for the encryption.") @Secret Optional<String> ssekmsKeyId,
    @Doc("Algorithm of the encryption with a key of your own: AES256.")
        Optional<String> sseCustomerAlgorithm,
    @Doc("The key, 32 bytes.") @Secret Optional<String> sseCustomerKey,
    @Doc("MD5 of the key in Base64; computed where absent.") @Secret
        Optional<String> sseCustomerKeyMd5,
    @Doc("Canned permissions, such as private or bucket-owner-full-control.") Optional<String> acl,
    @Doc("Who gets READ, READ_ACP and WRITE_ACP.") Optional<String> grantFullControl,
    @Doc("Who may read the object.") Optional<String> grantRead,
    @Doc("Who may read its permissions.") Optional<String> grantReadAcp,
    @Doc("Who may change its permissions.") Optional<String> grantWriteAcp,
    @Doc("Digits of %{hex_random}, up to 16.") @Default("4") int hexRandomLength,
    @Doc("Form of %{index}: %d, %04d, %x, %X.") @Default("%d") String indexFormat,
    @Doc("Replaces an object that is there where the key has no %{index}.") @Default("false")
        boolean overwrite,
    @Doc("Checks that the bucket is there.") @Default("true") boolean checkBucket,
    @Doc("Looks whether the key is taken, and counts %{index} up then.") @Default("true")
        boolean checkObject,
    @Doc("Checksums of requests: always or only where S3 wants them.")
        Optional<Boolean> computeChecksums,
    @Doc("v4; the older s3 is no longer known to Amazon's clients.")
        Optional<String> signatureVersion,
    @Doc("Warns where events are older than this when they are written.")
        Optional<Duration> warnForDelay,
    @Doc("Tags of the objects as in a query: a=1&b=2.") Optional<String> tagging,
    @Doc("Checksum that S3 keeps with the object: CRC32, CRC32C, SHA1, SHA256.")
        Optional<String> checksumAlgorithm,
    @Doc("Metadata of the objects; values may hold placeholders and %{index}.") @Name("s3_metadata")
        Map<String, String> s3Metadata,
    @Doc("Rules after which objects are deleted; set at the start.") @Name("bucket_lifecycle_rule")
        List<LifecycleRule> bucketLifecycleRules,
    @Doc("Objects of at least this size are sent in parts.") @Default("100m")
        ByteSize multipartThreshold,
    @Doc("How events are written.") @Default("out_file") PluginSection format,
    @Doc("Fields that are added to each record.") Optional<InjectConfig> inject,
    @Doc("Seconds after which a flush is reported as slow.") @Default("20.0")
        double slowFlushLogThreshold) {

  /** {@code <bucket_lifecycle_rule>}. */
  record LifecycleRule(
      @Doc("Name of the rule.") String id,
      @Doc("Prefix of the keys; all where empty.") @Default("") String prefix,
      @Doc("Days after which objects expire.") int expirationDays) {}

  /** {@code <compress>}. */
  record Compress(
      @Doc("Level of zstd, 1 to 22.") @Default("3") int level,
      @Doc("Compression inside of Parquet.") @Default("snappy")
          ParquetCodec parquetCompressionCodec,
      @Doc("Bytes of a page of Parquet.") @Default("8192") ByteSize parquetPageSize,
      @Doc("Bytes of a row group of Parquet.") @Default("128m") ByteSize parquetRowGroupSize,
      @Doc("Format of the events that the columns are made of.") @Default("msgpack")
          RecordType recordType,
      @Doc("Kind of the schema.") @Default("avro") SchemaType schemaType,
      @Doc("The file with the schema.") Optional<String> schemaFile) {}

  /** {@code parquet_compression_codec}. */
  enum ParquetCodec {
    UNCOMPRESSED,
    SNAPPY,
    GZIP,
    LZO,
    BROTLI,
    LZ4,
    ZSTD
  }

  /** {@code record_type}. */
  enum RecordType {
    AVRO,
    CSV,
    JSONL,
    MSGPACK,
    TSV,
    JSON
  }

  /** {@code schema_type}. */
  enum SchemaType {
    AVRO,
    BIGQUERY
  }
}
