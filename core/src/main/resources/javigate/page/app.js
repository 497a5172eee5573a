"use strict";

// All text from the server enters the page as textContent, never as markup.

const PAGE = 20;
const MAX_HITS = 100;

const byId = (id) => document.getElementById(id);
const form = byId("search");
const queryField = byId("query");
const results = byId("results");
const summary = byId("summary");
const message = byId("message");
const more = byId("more");
const library = byId("library");

let running = null; // AbortController of the search under way

/** An element with properties, attributes where the name has a dash, and children. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") {
      element.setAttribute(name, value);
    } else {
      element[name] = value;
    }
  }
  element.append(...children);
  return element;
}

/** 75,300 ms as 1:15; with tenths as 1:15.3. */
function clock(ms, tenths = false) {
  const unit = tenths ? 100 : 1000;
  const total = Math.floor(ms / unit) * unit;
  const hours = Math.floor(total / 3600000);
  const minutes = Math.floor(total / 60000) % 60;
  const seconds = Math.floor(total / 1000) % 60;
  const pad = (n) => String(n).padStart(2, "0");
  const head = hours ? `${hours}:${pad(minutes)}` : `${minutes}`;
  return `${head}:${pad(seconds)}` + (tenths ? `.${Math.floor((total % 1000) / 100)}` : "");
}

const rounded = (value) => Math.round(value * 1000) / 1000 || 0; // never −0
const number = (value) => rounded(value).toFixed(3).replace("-", "−");
const signed = (value) => (rounded(value) >= 0 ? "+" : "") + number(value);
const many = (n, one, other) => `${n.toLocaleString("en")} ${n === 1 ? one : other}`;

async function ask(path, signal) {
  let response;
  try {
    response = await fetch(path, { signal });
  } catch (error) {
    if (error.name === "AbortError") {
      throw error;
    }
    throw new Error("The server does not answer. Is javigate serve still running?");
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Error(body.error || `The server answered with status ${response.status}.`);
  }
  return body;
}

function say(title, ...paragraphs) {
  message.replaceChildren(
    make("h2", { textContent: title }),
    ...paragraphs.map((parts) => make("p", {}, ...[parts].flat())),
  );
  message.hidden = false;
}

function sayEmptyLibrary() {
  say("This library has no videos yet", [
    "Add some with ",
    make("code", { textContent: "javigate add FOLDER" }),
    ", then search; the server need not be restarted.",
  ]);
}

// ---- searching

function currentSearch() {
  const parameters = new URLSearchParams(location.search);
  return {
    query: parameters.get("q") || "",
    sound: parameters.get("sound") !== "false",
    words: parameters.get("words") === "true",
    filter: parameters.get("filter") || "",
  };
}

function chosenSearch() {
  return {
    query: queryField.value.trim(),
    sound: form.elements.sound.value === "true",
    words: form.elements.words.checked,
    filter: form.elements.filter.value.trim(),
  };
}

/** Puts the search into the address, so that it can be shared and the back button works. */
function remember({ query, sound, words, filter }) {
  const parameters = new URLSearchParams();
  if (query) {
    parameters.set("q", query);
  }
  if (!sound) {
    parameters.set("sound", "false");
  }
  if (words) {
    parameters.set("words", "true");
  }
  if (filter) {
    parameters.set("filter", filter);
  }
  const text = parameters.toString();
  const address = text ? `/?${text}` : "/";
  if (address !== location.pathname + location.search) {
    history.pushState(null, "", address);
  }
}

async function search(wanted, k = PAGE) {
  running?.abort();
  running = new AbortController();
  const mine = running;
  const { query, sound, words, filter } = wanted;
  document.title = query ? `${query} – javigate` : "javigate";
  message.hidden = true;
  more.hidden = true;
  library.hidden = query !== "" || library.dataset.filled !== "true";
  if (!query) {
    results.replaceChildren();
    summary.textContent = "";
    return;
  }
  summary.textContent = "Searching …";
  results.classList.add("stale");
  try {
    const parameters = new URLSearchParams({
      q: query,
      k: String(k),
      sound: String(sound),
      words: String(words),
      videos: "true",
    });
    filter
      .split(",")
      .map((condition) => condition.trim())
      .filter((condition) => condition)
      .forEach((condition) => parameters.append("filter", condition));
    show(await ask(`/api/search?${parameters}`, mine.signal), wanted, k);
  } catch (error) {
    if (error.name !== "AbortError") {
      results.replaceChildren();
      summary.textContent = "";
      say("That did not work", error.message);
    }
  } finally {
    if (mine === running) {
      results.classList.remove("stale");
    }
  }
}

function show(answer, wanted, k) {
  const videos = [];
  for (const hit of answer.hits) {
    (videos[hit.video - 1] ||= []).push(hit);
  }
  const added = k > PAGE ? videos.slice(results.children.length) : videos;
  if (k === PAGE) {
    results.replaceChildren();
  }
  const cards = added.map(([hit, ...others]) => card(hit, others, answer.sound));
  results.append(...cards);
  if (k > PAGE && cards.length) {
    cards[0].tabIndex = -1; // the button that was pressed is gone meanwhile
    cards[0].focus();
  }
  if (answer.clips === 0) {
    summary.textContent = "";
    sayEmptyLibrary();
    return;
  }
  if (answer.hits.length === 0) {
    summary.textContent = "";
    say("Nothing found", wanted.filter ? "No clip passes the filter." : "Say what is seen or heard in other words.");
    return;
  }
  summary.textContent =
    `Best ${many(videos.length, "video", "videos")} of ${many(answer.clips, "clip", "clips")}, ` +
    `${answer.tookMs.toLocaleString("en")} ms`;
  const unread = answer.unread.map((rest) => `Your sentence is longer than the model reads. Left out: “${rest}”`);
  if (answer.nothing) {
    say("Probably nothing here is what you asked for", "Below is what comes nearest.", ...unread);
  } else if (unread.length > 0) {
    say("Only the beginning was searched for", ...unread);
  }
  more.hidden = videos.length < k || k >= MAX_HITS;
  more.onclick = () => search(wanted, Math.min(MAX_HITS, k + PAGE));
}

// ---- one result

/** A video: its best clip, and where else in it something fits. */
function card(hit, others, sound) {
  const picture = make("div", { className: "picture" });
  const player = playerFor(hit, picture);
  const reading = make("p", { className: "reading" });
  const facts = make(
    "div",
    { className: "facts" },
    make(
      "div",
      { className: "title" },
      make("span", { className: "rank", textContent: `${hit.rank}.` }),
      make("h2", { textContent: hit.file, title: hit.file }),
      ...(hit.relevance === null || hit.relevance === undefined ? [] : [
        make("span", {
          className: "relevance",
          textContent: `${Math.round(100 * hit.relevance)} %`,
          title: "How likely this is what you asked for, as measured on other clips",
        }),
      ]),
      make("span", {
        className: "score",
        textContent: number(hit.reranked ? hit.reranked.score : hit.score),
        title: hit.reranked
          ? `Score of the re-ranker; first was rank ${hit.reranked.rankBefore}, ${number(hit.score)}`
          : "Score",
      }),
    ),
    make("p", {
      className: "times",
      textContent:
        `${clock(hit.moment.startMs, true)} – ${clock(hit.moment.endMs, true)} · ` +
        `best at ${clock(hit.bestMs, true)}`,
      title: `of the clip from ${clock(hit.startMs, true)} to ${clock(hit.endMs, true)}`,
    }),
    ...(hit.fused && hit.fused.line ? [wordsLine(hit.fused, player)] : []),
    bars(hit, player, reading),
    reading,
    soundLine(hit, sound),
    ...(others.length ? [otherMoments(others, player)] : []),
    scoring(hit),
  );
  return make("li", { className: "card" }, picture, facts);
}

/** The line whose words were found; it plays from there. */
function wordsLine(fused, player) {
  const button = make("button", {
    type: "button",
    className: "quiet",
    textContent: `“${fused.line.text}”`,
    title: `${fused.line.kind.toLowerCase()} at ${clock(fused.line.startMs)}; rank ${fused.rankByWords} by words, ${fused.rank} by sight and sound`,
  });
  button.addEventListener("click", () => player.seek(fused.line.startMs));
  return make("p", { className: "words" }, button);
}

/** Further moments of the same video. */
function otherMoments(others, player) {
  const buttons = others.map((hit) => {
    const button = make("button", {
      type: "button",
      className: "quiet",
      textContent: clock(hit.bestMs),
      title: `rank ${hit.rank}, score ${number(hit.score)}`,
      "aria-label": `Play from ${clock(hit.bestMs)}`,
    });
    button.addEventListener("click", () => player.seek(hit.bestMs, hit));
    return button;
  });
  return make("p", { className: "others" }, "also at ", ...buttons);
}

/** One bar per frame, as high as its share of the score beside the largest share. */
function bars(hit, player, reading) {
  const largest = Math.max(...hit.frames.map((frame) => frame.share), 1e-9);
  const total = hit.frames.reduce((sum, frame) => sum + frame.share, 0) || 1;
  const describe = (frame) =>
    `${clock(frame.timeMs, true)} · cosine ${number(frame.cosine)} · ` +
    `${Math.round((100 * frame.share) / total)} % of the score` +
    ` (${number(frame.globalShare)} by the mean of the frames, ${number(frame.localShare)} by itself)`;
  const buttons = hit.frames.map((frame) => {
    const bar = make("i");
    bar.style.height = `${Math.max(0, (100 * frame.share) / largest)}%`;
    const button = make(
      "button",
      {
        type: "button",
        title: describe(frame),
        "aria-label": `Play from ${describe(frame)}`,
        className: frame.timeMs === hit.bestMs ? "best" : "",
      },
      bar,
    );
    button.addEventListener("click", () => {
      buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      reading.textContent = describe(frame);
      player.seek(frame.timeMs);
    });
    button.addEventListener("pointerenter", () => {
      reading.textContent = describe(frame);
    });
    button.addEventListener("focus", () => {
      reading.textContent = describe(frame);
    });
    return button;
  });
  const best = hit.frames.find((frame) => frame.timeMs === hit.bestMs);
  reading.textContent = best ? describe(best) : "";
  return make("div", { className: "bars", role: "group", "aria-label": "Frames" }, ...buttons);
}

/** Whether the model listens at all. */
const listens = (hit) => hit.modelListens;

function soundLine(hit, sound) {
  if (!listens(hit)) {
    return make("p", { className: "sound none", textContent: "the model does not listen" });
  }
  if (hit.soundState === "absent") {
    return make("p", { className: "sound none", textContent: "no audio track" });
  }
  if (hit.soundState === "silent") {
    return make("p", { className: "sound none", textContent: "digital silence" });
  }
  if (!sound) {
    return make("p", { className: "sound none", textContent: "sound not listened to" });
  }
  if (hit.soundState === "ignored") {
    return make("p", {
      className: "sound none",
      textContent: `sound made no difference (${signed(hit.soundAdded)})`,
    });
  }
  return make(
    "p",
    { className: "sound" },
    "sound ",
    make("b", {
      className: rounded(hit.soundAdded) < 0 ? "less" : "",
      textContent: signed(hit.soundAdded),
    }),
    hit.rankByScore === hit.rankWithoutSound
      ? ` (rank ${hit.rankByScore} with and without)`
      : ` (rank ${hit.rankByScore.toLocaleString("en")}; ${hit.rankWithoutSound.toLocaleString("en")} without sound)`,
  );
}

/** What stands behind the score: notes, and of a model that listens both scores and all gates. */
function scoring(hit) {
  const gate = (value) => {
    const bar = make("i", { className: value < 0 ? "less" : "" });
    bar.style.left = `${value < 0 ? 50 + 50 * value : 50}%`;
    bar.style.width = `${50 * Math.abs(value)}%`;
    const track = make("span", { className: "track" }, bar);
    return make("td", {}, make("div", { className: "gate" }, track, signed(value)));
  };
  const head = make("tr", {}, ...["", "gate of attention", "gate of feed-forward"].map(
    (text) => make("th", { scope: "col", textContent: text })));
  const rows = hit.gates.map(([attention, feedForward], layer) =>
    make(
      "tr",
      {},
      make("th", { scope: "row", textContent: `layer ${layer + 1}` }),
      gate(attention),
      gate(feedForward),
    ),
  );
  const parts = [
    make("summary", { textContent: "How it was scored" }),
    make("p", {
      className: "reading",
      textContent:
        `score ${hit.score.toFixed(4)}` +
        (listens(hit)
          ? `, without sound ${hit.scoreWithoutSound.toFixed(4)}` +
            (rows.length ? "; a gate says how much of the sound a layer lets in" : "")
          : ""),
    }),
  ];
  if (rows.length) {
    parts.push(make("table", { className: "gates" }, head, ...rows));
  }
  if (hit.notes.length) {
    parts.push(
      make("ul", { className: "notes" }, ...hit.notes.map((n) => make("li", { textContent: n }))),
    );
  }
  return make("details", {}, ...parts);
}

// ---- playing

const thumb = (hit, timeMs) => `/thumb/${hit.id}?t=${timeMs}`;

/** Videos are asked for when their card comes near: browsers open few connections at a time. */
const nearby = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) {
        nearby.unobserve(entry.target);
        entry.target.poster = entry.target.dataset.poster;
        entry.target.src = entry.target.dataset.source;
      }
    }
  },
  { rootMargin: "400px" },
);

/** Fills {@code picture} with a video, or with still frames where the browser cannot play it. */
function playerFor(hit, picture) {
  const video = make("video", {
    controls: true,
    preload: "metadata",
    playsInline: true,
    "aria-label": `${hit.file} from ${clock(hit.bestMs)}`,
  });
  video.dataset.poster = thumb(hit, hit.bestMs);
  video.dataset.source = `/video/${hit.id}#t=${hit.bestMs / 1000}`;
  const player = {
    seek(timeMs) {
      document.querySelectorAll("video").forEach((other) => other !== video && other.pause());
      video.currentTime = timeMs / 1000;
      video.play().catch(() => {}); // refused or failed: the error event shows the frames
    },
  };
  let failed = false;
  const fail = async () => {
    if (failed) {
      return;
    }
    failed = true;
    const check = await fetch(`/video/${hit.id}`, { method: "HEAD" }).catch(() => null);
    picture.replaceChildren();
    if (check === null || !check.ok) {
      const gone = check !== null && check.status === 404;
      picture.append(
        make("p", {
          className: "why",
          textContent: gone
            ? "The file is gone or has changed since it was added."
            : "The server does not send this file.",
        }),
      );
      player.seek = () => {};
      return;
    }
    player.seek = stills(hit, picture);
  };
  video.addEventListener("error", fail);
  video.addEventListener("loadedmetadata", () => {
    if (video.videoWidth === 0) {
      fail(); // only the sound could be decoded
    }
  });
  picture.append(video);
  nearby.observe(video);
  return player;
}

/** Shows the frames of a clip as pictures; returns what shows the one at a time. */
function stills(hit, picture) {
  const ending = hit.file.includes(".") ? hit.file.slice(hit.file.lastIndexOf(".") + 1) : "";
  const still = make("img", { className: "still" });
  const buttons = hit.frames.map((frame) => {
    const label = clock(frame.timeMs, true);
    const image = make("img", { loading: "lazy", alt: "", src: thumb(hit, frame.timeMs) });
    const button = make("button", { type: "button", title: label, "aria-label": `Frame at ${label}` }, image);
    button.addEventListener("click", () => select(frame.timeMs));
    return button;
  });
  const select = (timeMs, of = hit) => {
    still.src = thumb(of, timeMs);
    still.alt = `${hit.file} at ${clock(timeMs, true)}`;
    buttons.forEach((button, n) =>
      button.setAttribute("aria-pressed", String(of === hit && hit.frames[n].timeMs === timeMs)));
  };
  select(hit.bestMs);
  picture.append(
    still,
    make("p", {
      className: "why",
      textContent:
        `Your browser cannot play this file${ending ? ` (${ending})` : ""}; here are its frames.`,
    }),
    make("div", { className: "strip", role: "group", "aria-label": "Frames" }, ...buttons),
  );
  return select;
}

// ---- the library

async function showStatus() {
  const status = await ask("/api/status");
  byId("status").textContent =
    `${many(status.videos, "video", "videos")} in ` +
    `${many(status.clips, "clip", "clips")} · model ${status.model}`;
  byId("words").hidden = !status.words;
  if (status.videos === 0) {
    if (!currentSearch().query) {
      sayEmptyLibrary();
    }
    return;
  }
  library.querySelector("summary").textContent = `Videos in this library (${status.videos.toLocaleString("en")})`;
  library.dataset.filled = "true";
  library.hidden = currentSearch().query !== "";
}

library.addEventListener("toggle", async () => {
  const list = library.querySelector("ul");
  if (!library.open || list.children.length) {
    return;
  }
  try {
    const { videos } = await ask("/api/videos");
    list.replaceChildren(
      ...videos.map((video) =>
        make(
          "li",
          {},
          make("span", { textContent: video.name }),
          make("span", { textContent: clock(video.durationMs) }),
        ),
      ),
    );
  } catch (error) {
    say("That did not work", error.message);
  }
});

// ---- start

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const wanted = chosenSearch();
  remember(wanted);
  search(wanted);
});

form.addEventListener("change", (event) => {
  if (["sound", "words", "filter"].includes(event.target.name)) {
    const wanted = chosenSearch();
    remember(wanted);
    search(wanted);
  }
});

function restore() {
  const wanted = currentSearch();
  queryField.value = wanted.query;
  form.elements.sound.value = String(wanted.sound);
  form.elements.words.checked = wanted.words;
  form.elements.filter.value = wanted.filter;
  form.querySelector(".filters").open = wanted.filter !== "";
  search(wanted);
}

window.addEventListener("popstate", restore);
restore();
showStatus().catch((error) => say("That did not work", error.message));
