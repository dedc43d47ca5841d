/** Sends back what it gets: the price of a message there and back. */

addEventListener('message', (event) => postMessage(event.data));
