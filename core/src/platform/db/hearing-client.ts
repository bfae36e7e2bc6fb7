import pg from "pg";

/**
 * A connection for code that hears no error of one it holds between two statements; unheard, a server
 * that stops then ends our process, with the work for all other databases. The next statement fails
 * anyway.
 */
export class HearingClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on("error", () => undefined);
  }
}
