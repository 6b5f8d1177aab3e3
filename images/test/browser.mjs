// browser.mjs - look at pages in a real Chromium, over the DevTools protocol.
//
// usage: node browser.mjs AXE OUT PAGE...
//
// Each page is opened at phone and desktop width, light and dark.  Prints one
// line of JSON for each way: what reaches over the edge, what axe-core finds
// with everything folded and unfolded, requests, messages, contrast in
// pictures, and the order in which the keyboard reaches things.  Screenshots
// go to OUT.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";

const [axePath, out, ...pages] = process.argv.slice(2);
const axe = readFileSync(axePath, "utf8");
const WAYS = [
	{ width: 390, height: 844, scheme: "light" },
	{ width: 390, height: 844, scheme: "dark" },
	{ width: 1440, height: 900, scheme: "light" },
	{ width: 1440, height: 900, scheme: "dark" },
];

// ---- the protocol: JSON with a NUL after each message, on pipes 3 and 4 -----
class Browser {
	constructor() {
		this.child = spawn(
			"chromium-headless-shell",
			["--remote-debugging-pipe", "--no-sandbox",
			 "--disable-gpu", "--hide-scrollbars",
			 "--user-data-dir=/tmp/browser"],
			{ stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
		this.calls = new Map();
		this.events = [];
		this.next = 1;
		let rest = "";
		this.child.stdio[4].setEncoding("utf8");
		this.child.stdio[4].on("data", (text) => {
			const parts = (rest + text).split("\0");
			rest = parts.pop();
			parts.forEach((part) => this.take(JSON.parse(part)));
		});
		this.child.on("exit", (code) => {
			for (const { fail } of this.calls.values())
				fail(new Error(`the browser ended: ${code}`));
		});
	}

	take(message) {
		const call = this.calls.get(message.id);

		if (!call) {
			this.events.push(message);
			return;
		}
		this.calls.delete(message.id);
		if (message.error)
			call.fail(new Error(JSON.stringify(message.error)));
		else
			call.done(message.result);
	}

	send(method, params = {}) {
		const id = this.next++;
		const message = { id, method, params, sessionId: this.session };

		this.child.stdio[3].write(JSON.stringify(message) + "\0");
		return new Promise((done, fail) =>
			this.calls.set(id, { done, fail }));
	}

	async evaluate(code) {
		const answer = await this.send("Runtime.evaluate", {
			expression: code, awaitPromise: true, returnByValue: true });

		if (answer.exceptionDetails)
			throw new Error(JSON.stringify(answer.exceptionDetails));
		return answer.result.value;
	}

	async event(method) {
		for (;;) {
			const at = this.events.findIndex((x) => x.method === method);

			if (at >= 0)
				return this.events.splice(at, 1)[0];
			await new Promise((done) => setTimeout(done, 10));
		}
	}
}

// ---- what is asked of a page; each runs inside of it ------------------------
const ASK = {
	// elements that reach over the edge, unless a frame scrolls them
	over: `[...document.querySelectorAll("body *")].filter((x) => {
		if (x.closest(".scroll, pre, svg, .skip")) return x.matches(
			".scroll, pre, svg") && x.getBoundingClientRect().right >
			innerWidth + 1;
		const r = x.getBoundingClientRect();
		return r.width > 0 && (r.right > innerWidth + 1 || r.left < -1);
	}).map((x) => x.tagName + "." + x.className).slice(0, 10).concat(
		document.documentElement.scrollWidth > innerWidth ?
		["page " + document.documentElement.scrollWidth] : [])`,
	axe: `axe.run(document, { resultTypes: ["violations"] }).then((r) =>
		r.violations.map((v) => v.id + ": " + v.nodes.length + ", " +
			v.nodes[0].html.slice(0, 120)))`,
	// what names a box of a treemap against the box (WCAG 2.2, 1.4.3)
	contrast: `(() => {
		const canvas = new OffscreenCanvas(1, 1).getContext("2d",
			{ willReadFrequently: true });
		const light = (colour) => {
			canvas.fillStyle = colour;
			canvas.fillRect(0, 0, 1, 1);
			const c = [...canvas.getImageData(0, 0, 1, 1).data]
				.slice(0, 3).map((v) => (v /= 255) <= .04045 ?
				v / 12.92 : ((v + .055) / 1.055) ** 2.4);
			return .2126 * c[0] + .7152 * c[1] + .0722 * c[2];
		};
		let worst = 99;
		for (const text of document.querySelectorAll(".map text")) {
			const a = light(getComputedStyle(text).fill);
			const b = light(getComputedStyle(
				text.previousElementSibling).fill);
			worst = Math.min(worst, (Math.max(a, b) + .05) /
				(Math.min(a, b) + .05));
		}
		return worst;
	})()`,
	// labels that are wider than their boxes
	labels: `[...document.querySelectorAll(".map text")].filter((t) =>
		t.getBBox().width > 0 && t.getBBox().x + t.getBBox().width >
		t.previousElementSibling.getBBox().x +
		t.previousElementSibling.getBBox().width + 1)
		.map((t) => t.textContent)`,
	unfold: `document.querySelectorAll("details").forEach((d) =>
		{ d.open = true; })`,
	fold: `document.querySelectorAll("details").forEach((d) =>
		{ d.open = false; })`,
	focus: `(() => {
		const x = document.activeElement;
		if (!x || x === document.body) return null;
		const all = [...document.querySelectorAll("*")];
		const style = getComputedStyle(x);
		return { at: all.indexOf(x), what: x.tagName + " " +
			x.textContent.slice(0, 40), seen: x.matches(
			":focus-visible") && style.outlineStyle !== "none" &&
			parseFloat(style.outlineWidth) >= 2 };
	})()`,
	reachable: `document.querySelectorAll(
		"a[href], summary, .scroll, pre").length`,
	hidden: `[...document.querySelectorAll("a[href], summary, .scroll, pre")]
		.filter((x) => !x.checkVisibility({
			contentVisibilityAuto: true })).length`,
	folded: `[...document.querySelectorAll("details")].filter((d) =>
		d.lastElementChild.getBoundingClientRect().height < 1).length`,
};

// Tab from the top to the end: places in the document, which must rise.
async function walk(browser) {
	const places = [];

	for (let i = 0; i < 5000; i++) {
		for (const type of ["rawKeyDown", "keyUp"])
			await browser.send("Input.dispatchKeyEvent", {
				type, key: "Tab", code: "Tab",
				windowsVirtualKeyCode: 9 });
		const place = await browser.evaluate(ASK.focus);

		if (place === null || places.some((p) => p.at === place.at))
			break;
		places.push(place);
	}
	return places;
}

async function shoot(browser, name, height) {
	const { cssContentSize } = await browser.send("Page.getLayoutMetrics");
	const { data } = await browser.send("Page.captureScreenshot", {
		captureBeyondViewport: true,
		clip: { x: 0, y: 0, width: cssContentSize.width, scale: 1,
			height: Math.min(height, cssContentSize.height) } });

	writeFileSync(`${out}/${name}.png`, Buffer.from(data, "base64"));
}

async function look(browser, page, way) {
	const name = `${basename(page, ".html")}-${way.width}-${way.scheme}`;
	const found = { page: basename(page), ...way };

	await browser.send("Emulation.setDeviceMetricsOverride", {
		width: way.width, height: way.height, deviceScaleFactor: 1,
		mobile: way.width < 600 });
	await browser.send("Emulation.setEmulatedMedia", { media: "screen",
		features: [{ name: "prefers-color-scheme", value: way.scheme }] });
	browser.events.length = 0;
	await browser.send("Page.navigate", {
		url: `file://${encodeURI(resolve(page))}` });
	await browser.event("Page.loadEventFired");
	await shoot(browser, name, 12000);
	found.over = await browser.evaluate(ASK.over);
	found.labels = await browser.evaluate(ASK.labels);
	found.contrast = await browser.evaluate(ASK.contrast);
	const places = await walk(browser);

	found.focused = places.length;
	found.reachable = await browser.evaluate(ASK.reachable) -
		await browser.evaluate(ASK.hidden);
	found.backwards = places.filter((p, i) =>
		i > 0 && p.at < places[i - 1].at).map((p) => p.what);
	found.unseen = places.filter((p) => !p.seen).map((p) => p.what);
	found.requests = browser.events.filter((x) =>
		x.method === "Network.requestWillBeSent").map((x) =>
		x.params.request.url);
	await browser.evaluate(axe);
	found.axe = await browser.evaluate(ASK.axe);
	await browser.evaluate(ASK.unfold);
	found.overUnfolded = await browser.evaluate(ASK.over);
	found.axeUnfolded = await browser.evaluate(ASK.axe);
	await shoot(browser, `${name}-unfolded`, 16000);
	await browser.evaluate(ASK.fold);
	await browser.send("Emulation.setEmulatedMedia", { media: "print" });
	found.foldedInPrint = await browser.evaluate(ASK.folded);
	found.messages = browser.events.filter((x) =>
		x.method === "Log.entryAdded" ||
		x.method === "Runtime.exceptionThrown").map((x) =>
		JSON.stringify(x.params).slice(0, 300));
	console.log(JSON.stringify(found));
}

const browser = new Browser();

try {
	const { targetId } = await browser.send("Target.createTarget",
		{ url: "about:blank" });
	const { sessionId } = await browser.send("Target.attachToTarget",
		{ targetId, flatten: true });

	browser.session = sessionId;
	for (const domain of ["Page", "Network", "Log", "Runtime"])
		await browser.send(`${domain}.enable`);
	for (const page of pages)
		for (const way of WAYS)
			await look(browser, page, way);
} finally {
	browser.child.kill();
}
