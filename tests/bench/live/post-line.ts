import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What the server says to a single fix that it has committed. */
const accepted = '{"outcomes":[{"outcome":"accepted"}]}';

/** One kept-alive connection that posts a fix at a time, with as little work as can be: the sender is not what is measured. */
export class PostLine {
  readonly #socket: Socket;
  readonly #onIdle: (line: PostLine) => void;
  #answer = '';
  #onAnswer: ((isAccepted: boolean, answer: string) => void) | undefined;

  private constructor(socket: Socket, onIdle: (line: PostLine) => void) {
    this.#socket = socket;
    this.#onIdle = onIdle;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => this.#settle(false, 'the connection broke'));
    socket.on('close', () => this.#settle(false, 'the connection was closed'));
  }

  /** @param onIdle told whenever the answer has come and the next fix may go */
  static async open(port: number, onIdle: (line: PostLine) => void): Promise<PostLine> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new PostLine(socket, onIdle);
  }

  post(token: string, body: string, onAnswer: (isAccepted: boolean, answer: string) => void): void {
    this.#onAnswer = onAnswer;
    this.#socket.write(
      `POST /api/positions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  }

  close(): void {
    this.#onAnswer = undefined;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#answer += chunk.toString('latin1');
    const end = this.#answer.indexOf('\r\n\r\n');
    if (end < 0) return;
    const bytes = Number(/\r\ncontent-length: (\d+)/i.exec(this.#answer)?.[1] ?? 0);
    if (this.#answer.length < end + 4 + bytes) return;
    const answer = this.#answer;
    this.#answer = '';
    this.#settle(answer.endsWith(accepted), answer);
  }

  #settle(isAccepted: boolean, answer: string): void {
    const tell = this.#onAnswer;
    this.#onAnswer = undefined;
    tell?.(isAccepted, answer);
    if (tell) this.#onIdle(this);
  }
}
