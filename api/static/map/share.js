// Sending on what is on the screen: by the system's own dialog where there is one, else as a copied link.
import { copy, toast } from "./notes.js";

/** Share the address of the view; says what came of it. */
export async function share(title, address) {
  const url = new URL(address, window.location.href).href;
  if (navigator.share) {
    try {
      await navigator.share({ title, url });
      toast("链接已分享。");
      return;
    } catch (error) {
      if (error.name === "AbortError") {
        toast("没有分享。");
        return;
      }
      // The dialog exists but may not be used here: then the link is copied.
    }
  }
  await copy(url, "链接");
}
