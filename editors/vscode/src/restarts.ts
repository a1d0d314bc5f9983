/** What happens when the connection to the server breaks. */

import {
  CloseAction,
  ErrorAction,
  type CloseHandlerResult,
  type ErrorHandler,
  type ErrorHandlerResult,
} from "vscode-languageclient/node";

const MOST = 4; // restarts in a span
const SPAN = 180_000; // milliseconds
const ERRORS = 3; // of a connection that is kept

/** Restarts a server that ends, unless it has never run or ends again and again. */
export class Restarts implements ErrorHandler {
  private readonly times: number[] = [];
  private ran = false;

  /** From now on, an end of the server is one of a server that has run. */
  begin(): void {
    this.ran = true;
  }

  error(_error: Error, _message: unknown, count: number | undefined): ErrorHandlerResult {
    if (!this.ran) {
      return { action: ErrorAction.Shutdown, handled: true };
    }
    return { action: count !== undefined && count <= ERRORS ? ErrorAction.Continue : ErrorAction.Shutdown };
  }

  closed(): CloseHandlerResult {
    if (!this.ran) {
      // A failure to start is reported with what the user can do.
      return { action: CloseAction.DoNotRestart, handled: true };
    }
    const now = Date.now();
    this.times.push(now);
    if (this.times.filter((time) => now - time < SPAN).length <= MOST) {
      return { action: CloseAction.Restart };
    }
    const message = `azrelease: the server ended ${MOST + 1} times in three minutes and is not restarted.`;
    return { action: CloseAction.DoNotRestart, message };
  }
}
