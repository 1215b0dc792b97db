// Sends two events with @fluent-org/logger: node fluent-org.js '{"socket": …, …}' (its options).
'use strict';
const { FluentClient, EventTime } = require('@fluent-org/logger');
const client = new FluentClient('peer', JSON.parse(process.argv[2]));
setTimeout(() => process.exit(2), 20000);
Promise.all([1, 2].map((n) =>
  client.emit('js', { n, text: 'é "x"', deep: { list: [true, null, 1.5] } }, new EventTime(1700000000, n * 1000000))))
  .then(() => client.disconnect())
  .then(() => process.exit(0), (error) => {
    console.error(error);
    process.exit(1);
  });
