import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import io.netty.channel.Channel;

/** Serves MongoDB's protocol: file of its data, port. An answer is given when it is in the file. */
class MongoNode {
  private static final class Committing extends H2Backend {
    Committing(String file) {
      super(file);
    }

    @Override
    public Document handleMessage(MongoMessage message) {
      Document answer = super.handleMessage(message);
      commit();
      return answer;
    }

    @Override
    public Document handleCommand(
        Channel channel, String database, String command, Document query) {
      Document answer = super.handleCommand(channel, database, command, query);
      commit();
      return answer;
    }
  }

  public static void main(String[] args) throws InterruptedException {
    MongoServer server = new MongoServer(new Committing(args[0]));
    server.bind("127.0.0.1", Integer.parseInt(args[1]));
    Thread.currentThread().join();
  }
}
