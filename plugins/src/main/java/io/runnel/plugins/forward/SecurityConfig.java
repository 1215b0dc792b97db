package io.runnel.plugins.forward;

import io.runnel.config.Default;
import io.runnel.config.Doc;
import io.runnel.config.Secret;
import java.util.List;
import java.util.Optional;

/** The section {@code <security>} of in_forward. */
@Doc("Who may send, and what a client must prove.")
public record SecurityConfig(
    @Doc("The name that this server tells its clients.") String selfHostname,
    @Secret("") @Doc("The key that server and clients share.") String sharedKey,
    @Doc("Whether clients must name a user and prove his password.") @Default("false")
        boolean userAuth,
    @Doc("Whether clients may connect that no <client> section names.") @Default("true")
        boolean allowAnonymousSource,
    List<User> user,
    List<Client> client) {

  /** The section {@code <user>}. */
  @Doc("A user that clients may name.")
  public record User(
      @Doc("The user's name.") String username,
      @Secret("") @Doc("The user's password.") String password) {}

  /** The section {@code <client>}. */
  @Doc("A client, or a network of them.")
  public record Client(
      @Doc("The client's name or address.") Optional<String> host,
      @Doc("The clients' network, such as 192.168.0.0/16.") Optional<String> network,
      @Secret("") @Doc("A shared key for these clients alone.") Optional<String> sharedKey,
      @Doc("The users that these clients may name; all where empty.") @Default("")
          List<String> users) {}
}
