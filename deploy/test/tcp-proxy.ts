import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A wire that can be cut: forwards TCP to a port, or to a unix socket's path, while it is whole. */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(target: number | string): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server);
    server.on("connection", (socket) => proxy.#forward(socket, target));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("proxy is closed");
    return address.port;
  }

  /** Ends every connection and refuses new ones, as a pulled cable does in the end. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #forward(socket: Socket, targetAddress: number | string): void {
    if (this.#isCut) {
      socket.destroy();
      return;
    }
    const target =
      typeof targetAddress === "number"
        ? connect(targetAddress, "127.0.0.1")
        : connect(targetAddress);
    for (const [end, other] of [
      [socket, target],
      [target, socket],
    ] as const) {
      this.#sockets.add(end);
      // A broken pipe is the point of this class: the other end learns it by its own close.
      end.on("error", () => other.destroy());
      end.on("close", () => {
        this.#sockets.delete(end);
        other.destroy();
      });
      end.pipe(other);
    }
  }
}
