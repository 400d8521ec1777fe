// A line between browser and server that can be cut: what a browser is told about being offline does not reach its service worker.

import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * A way to the server that can be cut and mended.
 *
 * @param {{url: string}} server
 * @returns {Promise<{url: string, isCut: () => boolean, cut: () => Promise<void>, mend: () => Promise<void>}>}
 */
export async function lineTo(server) {
  const { hostname, port } = new URL(server.url);
  const open = new Set();
  const join = (near) => {
    const far = connect(Number(port), hostname);
    for (const [from, into] of [[near, far], [far, near]]) {
      open.add(from);
      from.pipe(into);
      from.on("error", () => into.destroy());
      from.on("close", () => {
        open.delete(from);
        into.destroy();
      });
    }
  };
  let listener;
  const listen = async (at) => {
    listener = createServer(join).listen(at, hostname);
    await once(listener, "listening");
    return listener.address().port;
  };
  const own = await listen(0);
  return {
    url: `http://${hostname}:${own}`,
    isCut: () => !listener.listening,
    cut: async () => {
      if (!listener.listening) return;
      const closed = once(listener, "close");
      listener.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
    mend: async () => {
      await listen(own);
    },
  };
}
