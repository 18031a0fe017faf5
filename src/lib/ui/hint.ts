import type { Attachment } from 'svelte/attachments';

/** A pointer that only passes by is not asking. */
const delayMs = 500;
/** Who goes on to the next control within this reads on without waiting. */
const readsOnMs = 300;
const gapPx = 6;
const edgePx = 8;
let hiddenAtMs = -Infinity;

/**
 * Shows a short text below a control while the pointer rests on it or the keyboard has reached it; Escape hides it. For
 * eyes alone: what is read aloud is the control's own label. A library's would be a tenth of all that a first visit loads.
 */
export const hint =
  (text: string): Attachment<HTMLElement> =>
  (control) => {
    let box: HTMLElement | undefined;
    let waiting: ReturnType<typeof setTimeout> | undefined;

    function show(): void {
      box ??= showBox(text, control.lang, control.getBoundingClientRect());
    }
    function hide(): void {
      clearTimeout(waiting);
      if (!box) return;
      box.remove();
      box = undefined;
      hiddenAtMs = performance.now();
    }
    const listeners = {
      pointerenter({ pointerType }: PointerEvent) {
        // A finger has no place to rest.
        if (pointerType !== 'touch')
          waiting = setTimeout(show, performance.now() - hiddenAtMs < readsOnMs ? 0 : delayMs);
      },
      pointerleave: hide,
      pointerdown: hide,
      focus: () => void (control.matches(':focus-visible') && show()),
      blur: hide,
      keydown: ({ key }: KeyboardEvent) => void (key === 'Escape' && hide()),
    };
    for (const [name, listener] of Object.entries(listeners)) control.addEventListener(name, listener as EventListener);
    return () => {
      hide();
      for (const [name, listener] of Object.entries(listeners))
        control.removeEventListener(name, listener as EventListener);
    };
  };

/** Above all else, dialogs too; inside the window. */
function showBox(text: string, lang: string, control: DOMRect): HTMLElement {
  const box = document.createElement('div');
  box.className = 'hint';
  box.textContent = text;
  if (lang) box.lang = lang;
  box.setAttribute('aria-hidden', 'true');
  box.popover = 'manual';
  document.body.append(box);
  box.showPopover();
  const { width, height } = box.getBoundingClientRect();
  const isBelow = control.bottom + gapPx + height + edgePx <= innerHeight;
  const left = control.left + (control.width - width) / 2;
  box.style.left = `${Math.max(edgePx, Math.min(left, innerWidth - edgePx - width))}px`;
  box.style.top = `${isBelow ? control.bottom + gapPx : control.top - gapPx - height}px`;
  return box;
}
