// Sends two events with fluent-logger: node fluent-logger.js '{"port": …, …}' (its options).
'use strict';
const options = JSON.parse(process.argv[2]);
const logger = require('fluent-logger').createFluentSender('peer', options);
logger.on('error', (error) => {
  console.error(error);
  process.exit(1);
});
let open = 2;
for (const n of [1, 2]) {
  logger.emit('js', { n, text: 'é "x"', deep: { list: [true, null, 1.5] } }, new Date(1700000000000 + n), (error) => {
    if (error) {
      console.error(error);
      process.exit(1);
    }
    if (--open === 0) {
      logger.end(null, null, () => process.exit(0));
    }
  });
}
setTimeout(() => process.exit(2), 20000);
