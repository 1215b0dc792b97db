// Sends log records with OpenTelemetry's own SDK over gRPC: node export.js URL FROM TO
// Each record's body is its number. Ends with 0 where the server has taken all of them.
const { LoggerProvider, BatchLogRecordProcessor } = require('@opentelemetry/sdk-logs');
const { OTLPLogExporter } = require('@opentelemetry/exporter-logs-otlp-grpc');
const { CompressionAlgorithm } = require('@opentelemetry/otlp-exporter-base');

const [url, from, to] = process.argv.slice(2);
const exporter = new OTLPLogExporter({ url, compression: CompressionAlgorithm.GZIP });
let failed = null;
const checked = {
  export: (records, done) =>
    exporter.export(records, result => {
      if (result.code !== 0) failed = result.error || new Error('export failed');
      done(result);
    }),
  shutdown: () => exporter.shutdown(),
  forceFlush: () => exporter.forceFlush(),
};
const processor = new BatchLogRecordProcessor({
  exporter: checked,
  maxQueueSize: 100000,
  maxExportBatchSize: 50,
});
const provider = new LoggerProvider({ processors: [processor] });
const logger = provider.getLogger('runnel');
for (let n = Number(from); n < Number(to); n++) {
  logger.emit({ severityText: 'INFO', body: n, attributes: { where: 'node' } });
}
provider
  .forceFlush()
  .then(() => provider.shutdown())
  .then(() => {
    if (failed) throw failed;
  })
  .catch(error => {
    console.error(error);
    process.exitCode = 1;
  });
