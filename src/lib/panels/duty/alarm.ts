/** How a new task is heard: two tones three times, again every so often until it is answered. */
const againMs = 6000;
const toneHz = [988, 740] as const;
const toneS = 0.22;

/** Rings and vibrates. A browser lets a page ring only after somebody has touched it: `unlock` from such a touch. */
export class Alarm {
  #audio: AudioContext | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  get isUnlocked(): boolean {
    return this.#audio?.state === 'running';
  }

  async unlock(): Promise<void> {
    this.#audio ??= new AudioContext();
    await this.#audio.resume();
  }

  get isRinging(): boolean {
    return this.#timer !== undefined;
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#sound();
    this.#timer = setInterval(() => this.#sound(), againMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    vibrate(0);
  }

  #sound(): void {
    vibrate([400, 150, 400, 150, 800]);
    const audio = this.#audio;
    if (audio?.state !== 'running') return;
    for (let i = 0; i < 6; i++) {
      const from = audio.currentTime + i * toneS;
      const tone = audio.createOscillator();
      const loudness = audio.createGain();
      tone.type = 'square';
      tone.frequency.value = toneHz[i % 2]!;
      // From and to silence, or it clicks.
      loudness.gain.setValueAtTime(0, from);
      loudness.gain.linearRampToValueAtTime(0.5, from + 0.02);
      loudness.gain.setValueAtTime(0.5, from + toneS - 0.03);
      loudness.gain.linearRampToValueAtTime(0, from + toneS);
      tone.connect(loudness).connect(audio.destination);
      tone.start(from);
      tone.stop(from + toneS);
    }
  }
}

/** Before the first touch a browser refuses, and says so in its log each time. */
function vibrate(pattern: number | number[]): void {
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(pattern);
}
