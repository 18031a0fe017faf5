import type { AlertSeverity } from '$api/alerts/contract.ts';

/** A tone: from when, how long (seconds), how high (hertz). */
type Tone = readonly [fromS: number, lastsS: number, hertz: number];

/** An SOS has a sound of its own, above all severities. */
export type Tune = AlertSeverity | 'sos';

/**
 * What each severity sounds like: told apart by rhythm, not by pitch alone. Between 500 and 1000 Hz, where small
 * speakers are loud and older ears still hear (ISO 7731 asks for 300 to 3000 Hz).
 */
export const tunes: Readonly<Record<Tune, readonly Tone[]>> = {
  sos: [0, 0.4, 0.8, 1.2].flatMap((at): Tone[] => [
    [at, 0.2, 960],
    [at + 0.2, 0.2, 720],
  ]),
  critical: [
    [0, 0.25, 880],
    [0.3, 0.25, 880],
    [0.6, 0.25, 880],
  ],
  warning: [
    [0, 0.18, 660],
    [0.26, 0.18, 660],
  ],
  notice: [[0, 0.22, 540]],
};

const rampS = 0.015;

/**
 * Plays sounds once the browser lets it: after the first click or key on the page, or at once where a kiosk is started
 * with sound allowed.
 */
export class AlarmSound {
  #context: AudioContext | undefined;
  #onReady: () => void;

  /** @param onReady told when sound can be heard from now on */
  constructor(onReady: () => void = () => {}) {
    this.#onReady = onReady;
  }

  get isReady(): boolean {
    return this.#context?.state === 'running';
  }

  /** @returns the end of waiting for a gesture */
  start(): () => void {
    const wake = (): void => void this.#wake();
    const gestures = ['pointerdown', 'keydown'] as const;
    for (const gesture of gestures) window.addEventListener(gesture, wake);
    wake();
    return () => {
      for (const gesture of gestures) window.removeEventListener(gesture, wake);
      void this.#context?.close();
      this.#context = undefined;
    };
  }

  /** Nothing is heard before the browser allows it. */
  play(tune: Tune): void {
    const context = this.#context;
    if (context?.state !== 'running') return;
    for (const [fromS, lastsS, hertz] of tunes[tune]) {
      const [start, end] = [context.currentTime + fromS, context.currentTime + fromS + lastsS];
      const tone = new OscillatorNode(context, { type: 'triangle', frequency: hertz });
      const volume = new GainNode(context, { gain: 0 });
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(0.7, start + rampS);
      volume.gain.setValueAtTime(0.7, end - rampS);
      // To nothing at its end: what is cut off clicks.
      volume.gain.linearRampToValueAtTime(0, end);
      tone.connect(volume).connect(context.destination);
      tone.start(start);
      tone.stop(end);
    }
  }

  async #wake(): Promise<void> {
    if (this.isReady || !('AudioContext' in window)) return;
    try {
      this.#context ??= new AudioContext();
      await this.#context.resume();
      if (this.isReady) this.#onReady();
    } catch {
      // No sound device, or not allowed yet: the next gesture tries again.
    }
  }
}
