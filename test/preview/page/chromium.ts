import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** Debian's Chromium, unless `CHROMIUM` names another. */
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const hasChromium = existsSync(CHROMIUM);

/** A tab that a test drives. */
export interface Page {
  /** Opens a file or URL and waits until the preview says that it is ready. */
  open(url: string): Promise<void>;
  /** The value of an expression in the page; promises are awaited. */
  evaluate<T>(expression: string): Promise<T>;
  /** Presses, moves in steps and releases the mouse; positions in pixels of the viewport. */
  drag(from: Position, to: Position): Promise<void>;
  move(to: Position): Promise<void>;
  click(at: Position): Promise<void>;
  /** Presses and releases a key that enters no character, such as `Tab`. */
  press(key: string): Promise<void>;
  resize(viewport: Viewport): Promise<void>;
  /** What the page logged as errors, policy violations included, since it was opened. */
  readonly errors: string[];
  /** A picture of the viewport as PNG. */
  screenshot(): Promise<Buffer>;
  close(): Promise<void>;
}

export interface Position {
  readonly x: number;
  readonly y: number;
}

export interface Viewport {
  readonly width: number;
  readonly height: number;
}

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--remote-debugging-port=0'];

const LISTENING = /^DevTools listening on (ws:\S+)/;

const socketUrl = async (chromium: ChildProcess): Promise<string> => {
  if (chromium.stderr === null) throw new Error('Chromium has no standard error');
  for await (const line of createInterface({ input: chromium.stderr })) {
    const found = LISTENING.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error('Chromium ended before it listened');
};

const message = z.looseObject({
  id: z.number().optional(),
  method: z.string().optional(),
  params: z.looseObject({}).optional(),
  result: z.looseObject({}).optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});

type Message = z.infer<typeof message>;
type Send = (method: string, params?: object, session?: string) => Promise<Record<string, unknown>>;

/** The DevTools protocol over a socket. @see https://chromedevtools.github.io/devtools-protocol/ */
const connect = async (url: string, onEvent: (event: Message) => void): Promise<{ send: Send; close: () => void }> => {
  const socket = new WebSocket(url);
  const pending = new Map<number, (answer: Message) => void>();
  let last = 0;
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  socket.addEventListener('message', ({ data }) => {
    const answer = message.parse(JSON.parse(String(data)));
    if (answer.id === undefined) onEvent(answer);
    else pending.get(answer.id)?.(answer);
  });
  const send: Send = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      last += 1;
      const id = last;
      pending.set(id, ({ result, error }) => {
        pending.delete(id);
        if (error === undefined) resolve(result ?? {});
        else reject(new Error(`${method}: ${error.message}`));
      });
      socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    });
  return { send, close: () => socket.close() };
};

const READY = `new Promise((resolve) => {
  const look = () => document.documentElement?.dataset.ready === 'true' ? resolve(true) : setTimeout(look, 20);
  look();
})`;

const STEPS = 4;

/** Chromium acts on these codes, not on the names. */
const KEY_CODES: Readonly<Record<string, number>> = { Tab: 9, Enter: 13 };

const logged = z.looseObject({ entry: z.looseObject({ level: z.string(), text: z.string() }) });
const thrown = z.looseObject({ exceptionDetails: z.looseObject({ text: z.string() }) });
const called = z.looseObject({ type: z.string(), args: z.array(z.looseObject({ value: z.unknown().optional() })) });

/** What an event says of an error; null for all others. */
const errorOf = ({ method, params }: Message): string | null => {
  if (method === 'Log.entryAdded') {
    const { entry } = logged.parse(params);
    return entry.level === 'error' ? entry.text : null;
  }
  if (method === 'Runtime.exceptionThrown') return JSON.stringify(thrown.parse(params).exceptionDetails);
  if (method !== 'Runtime.consoleAPICalled') return null;
  const { type, args } = called.parse(params);
  return type === 'error' ? args.map(({ value }) => String(value)).join(' ') : null;
};

/** Starts a Chromium with one tab. */
export const startChromium = async (viewport: Viewport): Promise<Page> => {
  const profile = mkdtempSync(join(tmpdir(), 'preview-chromium-'));
  const chromium = spawn(CHROMIUM, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const errors: string[] = [];
  const { send, close } = await connect(await socketUrl(chromium), (event) => {
    const error = errorOf(event);
    if (error !== null) errors.push(error);
  });
  chromium.stderr?.resume();
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const session = String(sessionId);
  const call = (method: string, params: object = {}) => send(method, params, session);
  await Promise.all(['Page.enable', 'Runtime.enable', 'Log.enable'].map((method) => call(method)));
  const resize = async (size: Viewport): Promise<void> =>
    void (await call('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1, mobile: false }));
  await resize(viewport);
  const evaluate = async <T>(expression: string): Promise<T> => {
    const { result, exceptionDetails } = await call('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(`the page threw: ${JSON.stringify(exceptionDetails)}`);
    return (result as { value: T }).value;
  };
  const mouse = (type: string, { x, y }: Position, buttons = 0) =>
    call('Input.dispatchMouseEvent', { type, x, y, buttons, button: 'left', clickCount: 1 });
  const click = async (at: Position): Promise<void> => {
    await mouse('mouseMoved', at);
    await mouse('mousePressed', at, 1);
    await mouse('mouseReleased', at);
  };
  const drag = async (from: Position, to: Position): Promise<void> => {
    await mouse('mouseMoved', from);
    await mouse('mousePressed', from, 1);
    for (let step = 1; step <= STEPS; step += 1) {
      const part = step / STEPS;
      await mouse('mouseMoved', { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }, 1);
    }
    await mouse('mouseReleased', to);
  };
  return {
    errors,
    evaluate,
    click,
    drag,
    resize,
    press: async (key) => {
      await call('Input.dispatchKeyEvent', {
        type: 'rawKeyDown',
        key,
        code: key,
        windowsVirtualKeyCode: KEY_CODES[key],
      });
      await call('Input.dispatchKeyEvent', { type: 'keyUp', key, code: key, windowsVirtualKeyCode: KEY_CODES[key] });
    },
    move: async (to) => void (await mouse('mouseMoved', to)),
    open: async (url) => {
      errors.length = 0;
      await call('Page.navigate', { url });
      await evaluate(READY);
    },
    screenshot: async () => Buffer.from(String((await call('Page.captureScreenshot')).data), 'base64'),
    close: async () => {
      close();
      const ended = new Promise((resolve) => chromium.once('exit', resolve));
      chromium.kill();
      await ended;
      rmSync(profile, { recursive: true, force: true });
    },
  };
};
