/*
 * What a tablet keeps of people until it is sent: in IndexedDB, locked with a key that no script can read out.
 * window.geraiPvl   put(record, contents), contents(record), list(event), remove(id), nextNumber(), keepReceipt(id, event, receipt),
 *                   receipts(event), removeReceipt(id)
 * A record is {id, event, number, kind, takenAt, standing, sealed}; its id is the idempotency key, its standing "waiting" or "refused".
 * What people said and who they are is in `sealed` alone.
 */
(() => {
  "use strict";
  const NAME = "gerai-pvl";
  const WAITING = "gerai-pvl-waiting";
  const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  let opened = null;

  const done = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  const finished = (transaction) =>
    new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });

  function database() {
    opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        for (const name of ["records", "receipts"]) request.result.createObjectStore(name, { keyPath: "id" });
        request.result.createObjectStore("own");
      };
      request.onsuccess = () => {
        // Somebody signs out, with nothing waiting: what is left here is deleted.
        request.result.onversionchange = () => request.result.close();
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
    });
    return opened;
  }

  async function read(store, act) {
    return done(act((await database()).transaction(store).objectStore(store)));
  }

  // Answers when it is on the disk and not before: the person walks away with its number.
  async function write(store, act) {
    const transaction = (await database()).transaction(store, "readwrite", { durability: "strict" });
    const end = finished(transaction);
    const result = act(transaction.objectStore(store));
    await end;
    return result;
  }

  // Two tabs may want the first key at once: the one that is kept first is the key of both.
  async function key() {
    const known = await read("own", (store) => store.get("key"));
    if (known) return known;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    try {
      await write("own", (store) => store.add(made, "key"));
      return made;
    } catch {
      return read("own", (store) => store.get("key"));
    }
  }

  async function seal(contents) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify(contents));
    return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), text) };
  }

  async function unseal({ iv, data }) {
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await key(), data);
    return JSON.parse(new TextDecoder().decode(text));
  }

  // For sign-out-guard.js on every page of the desk, which does not open the database.
  async function count() {
    const counts = {};
    for (const { event } of await read("records", (store) => store.getAll())) counts[event] = (counts[event] ?? 0) + 1;
    localStorage.setItem(WAITING, JSON.stringify(counts));
  }

  async function nextNumber() {
    const random = crypto.getRandomValues(new Uint8Array(4));
    const name = `T${[...random].map((byte) => LETTERS[byte % LETTERS.length]).join("")}`;
    const transaction = (await database()).transaction("own", "readwrite");
    const store = transaction.objectStore("own");
    const end = finished(transaction);
    const { tablet, last } = (await done(store.get("number"))) ?? { tablet: name, last: 0 };
    store.put({ tablet, last: last + 1 }, "number");
    await end;
    return `${tablet}-${String(last + 1).padStart(3, "0")}`;
  }

  async function put(record, contents) {
    const sealed = await seal(contents);
    await write("records", (store) => store.put({ ...record, sealed }));
    await count();
  }

  async function remove(id) {
    await write("records", (store) => store.delete(id));
    await count();
  }

  const of = (store, event) =>
    read(store, (found) => found.getAll()).then((all) => all.filter((each) => each.event === event));

  async function list(event) {
    await count();
    return (await of("records", event)).sort((one, other) => one.takenAt.localeCompare(other.takenAt));
  }

  async function keepReceipt(id, event, receipt) {
    const sealed = await seal(receipt);
    await write("receipts", (store) => store.put({ id, event, sealed }));
  }

  async function receipts(event) {
    const found = await of("receipts", event);
    return Promise.all(found.map(async ({ id, sealed }) => ({ id, ...(await unseal(sealed)) })));
  }

  window.geraiPvl = {
    contents: (record) => unseal(record.sealed),
    keepReceipt,
    list,
    nextNumber,
    put,
    receipts,
    remove,
    removeReceipt: (id) => write("receipts", (store) => store.delete(id)),
  };
})();
