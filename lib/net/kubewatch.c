/*
 * kubewatch - decide what to request next from how the last request ended.
 *
 *   list --complete--> watch --ended, broken--> watch again from the version
 *    ^                   |
 *    '-- 410, outage ----'     each failure waits (backoff) before the next
 *
 * kubestream keeps the version, so a request never repeats what the sink has
 * already been given, except after 410.
 */
#include "lib/net/kubewatch.h"

#include "lib/base/log.h"

#define REASON_BYTES 400

/* ---- requests ----------------------------------------------------------- */

static void put_target(
	const struct kubewatch *w, enum kubestream_mode mode, struct buf *b)
{
	const char *version = w->stream.version;
	/*
	 * The first list may be of any version that the server has at hand
	 * ("0").  Later ones ask for the newest: with a limit, a version means
	 * exactly that one (API concepts, "resourceVersion parameter"), so an
	 * expired version would be refused forever.
	 */
	const char *listed = w->wants_newest || version[0] != '\0' ? "" : "0";
	unsigned int timeout_s =
		KUBEWATCH_TIMEOUT_MIN_S +
		backoff_random() %
			(KUBEWATCH_TIMEOUT_MAX_S - KUBEWATCH_TIMEOUT_MIN_S);

	if (mode == KUBESTREAM_LIST)
		kubequery_list(b, &w->query,
			w->wants_whole ? 0 : KUBEWATCH_PAGE, w->stream.token,
			listed);
	else if (mode == KUBESTREAM_INITIAL)
		kubequery_watch_list(b, &w->query,
			w->wants_newest ? "" : version, KUBEWATCH_LIST_MAX_S);
	else if (mode == KUBESTREAM_LOOK)
		kubequery_list(b, &w->query, 1, "", "");
	else
		kubequery_watch(b, &w->query, version, timeout_s);
}

/* Before a watch, look at the newest version when it is time. */
static void send_request(struct kubewatch *w, enum kubestream_mode mode)
{
	char target[HTTP_TARGET_BYTES_MAX];
	struct buf b = buf_fixed(target, sizeof(target));
	struct kube_request r = {.method = "GET"};

	if (mode == KUBESTREAM_WATCH && loop_now_ms() >= w->look_ms)
		mode = KUBESTREAM_LOOK;
	put_target(w, mode, &b);
	r.target = buf_view(&b);
	r.idle_ms = KUBEWATCH_IDLE_MS;
	w->begun_ms = loop_now_ms();
	kubestream_begin(&w->stream, mode);
	kube_send(&w->call, &r);
}

/* Fetch the list, as a WatchList or the next page. */
static void send_list(struct kubewatch *w)
{
	send_request(
		w, w->tries_watch_list ? KUBESTREAM_INITIAL : KUBESTREAM_LIST);
}

static void plan_look(struct kubewatch *w)
{
	w->look_ms = loop_now_ms() + KUBEWATCH_LOOK_MS +
		     backoff_random() % (KUBEWATCH_LOOK_MS / 3);
}

/* Continue after a wait. */
static void on_timer(void *context)
{
	struct kubewatch *w = context;

	if (w->is_initial_over) /* the watch that a WatchList became */
		kube_cancel(&w->call);
	w->is_initial_over = false;
	if (w->stream.mode == KUBESTREAM_WATCH)
		send_request(w, KUBESTREAM_WATCH);
	else
		send_list(w);
}

static void wait_and_retry(struct kubewatch *w, uint64_t at_least_ms)
{
	uint64_t ms = backoff_next(&w->backoff, backoff_random());

	/* rules wait for this: no server may ask for an hour */
	if (at_least_ms > KUBEWATCH_LAST_WAIT_MS)
		at_least_ms = KUBEWATCH_LAST_WAIT_MS;
	w->failures++;
	loop_timer_set(
		w->call.loop, &w->timer, ms > at_least_ms ? ms : at_least_ms);
}

/* ---- how a request ended ------------------------------------------------ */

static void put_reason(
	struct kubewatch *w, const struct kube_end *end, struct buf *out)
{
	if (end->error != NULL) {
		buf_text(out, end->error->text);
	} else if (end->status != 200) {
		buf_fmt(out, "status %u: ", end->status);
		kubestream_put_status(&w->stream, end->reason, out);
	} else if (kubestream_may_end(&w->stream)) {
		buf_text(out, "it ended at once");
	} else {
		buf_text(out, "it ended within an object");
	}
}

static void log_failure(struct kubewatch *w, const struct kube_end *end)
{
	char text[REASON_BYTES + ERR_TEXT_BYTES];
	struct buf why = buf_fixed(text, sizeof(text));
	bool was_watch = w->stream.mode == KUBESTREAM_WATCH;

	put_reason(w, end, &why);
	log_event(LOG_WARN, was_watch ? "watch broke off" : "list failed",
		"kind", w->stream.name, "why", buf_cstr(&why), NULL);
}

static bool is_good(const struct kube_end *end)
{
	return end->is_complete && end->status == 200;
}

/* Was the request refused, or the stream ended, with this code? */
static bool has_code(const struct kubewatch *w, const struct kube_end *end,
	unsigned int code)
{
	return end->status == code || w->stream.error_code == (int64_t)code;
}

/* 410: the version or the page's token is too old; 504: too new. */
static void note_version(struct kubewatch *w, const struct kube_end *end)
{
	if (has_code(w, end, 410) || has_code(w, end, 504))
		w->wants_newest = true;
}

static void note_list_end(struct kubewatch *w)
{
	w->wants_newest = false;
	w->wants_whole = false;
	w->listed_ms = loop_now_ms();
	outage_end(&w->outage);
	plan_look(w);
}

static void wait_for_kind(struct kubewatch *w)
{
	log_event(LOG_DEBUG, "none to be seen", "kind", w->stream.name, NULL);
	kubestream_abandon_list(&w->stream);
	loop_timer_set(w->call.loop, &w->timer, KUBEWATCH_ABSENT_WAIT_MS);
}

static void end_page(struct kubewatch *w, const struct kube_end *end)
{
	bool is_whole = is_good(end) && w->stream.has_envelope;

	/* a kind that the server does not have, or does not show to us */
	if (w->may_be_absent && (end->status == 403 || end->status == 404)) {
		wait_for_kind(w);
	} else if (is_whole && w->stream.token[0] != '\0') {
		send_request(w, KUBESTREAM_LIST);
	} else if (is_whole) {
		note_list_end(w);
		kubestream_end_list(&w->stream);
		send_request(w, KUBESTREAM_WATCH);
	} else {
		log_failure(w, end);
		note_version(w, end);
		w->wants_whole = w->wants_whole || has_code(w, end, 410);
		kubestream_abandon_list(&w->stream);
		wait_and_retry(w, end->retry_after_ms);
	}
}

/* The server does not know WatchList, or takes it for another watch. */
static bool has_no_watch_list(const struct kube_end *end)
{
	return end->status == 400 || end->status == 422 ||
	       (end->error != NULL && end->error->kind == ERR_TIMEOUT);
}

/* WatchList was refused, or ended before its bookmark. */
static void end_initial(struct kubewatch *w, const struct kube_end *end)
{
	if (has_no_watch_list(end)) {
		log_event(LOG_INFO, "no WatchList here, listing by pages",
			"kind", w->stream.name, NULL);
		kubestream_abandon_list(&w->stream);
		w->tries_watch_list = false;
		send_list(w);
		return;
	}
	log_failure(w, end);
	note_version(w, end);
	kubestream_abandon_list(&w->stream);
	wait_and_retry(w, end->retry_after_ms);
}

/*
 * List again: at once, unless the last list expired just as fast.  The newest,
 * unless the version that we have is good enough.
 */
static void relist(struct kubewatch *w, bool wants_newest, const char *why)
{
	w->wants_newest = wants_newest;
	log_event(LOG_INFO, why, "kind", w->stream.name, "version",
		w->stream.version, NULL);
	if (loop_now_ms() - w->listed_ms >= KUBEWATCH_STEADY_MS)
		backoff_reset(&w->backoff);
	w->stream.mode = KUBESTREAM_LIST;
	wait_and_retry(w, 0);
}

static void end_watch(struct kubewatch *w, const struct kube_end *end)
{
	bool is_old = loop_now_ms() - w->begun_ms >= KUBEWATCH_STEADY_MS;
	bool has_worked = w->stream.has_event || is_old;

	if (has_worked)
		backoff_reset(&w->backoff);
	if (w->stream.went_back) {
		relist(w, true, "versions went back, listing again");
		return;
	}
	if (has_code(w, end, 410)) {
		relist(w, false, "version expired, listing again");
		return;
	}
	/* the server ends watches after their timeout: not a failure */
	if (is_good(end) && kubestream_may_end(&w->stream) && has_worked) {
		send_request(w, KUBESTREAM_WATCH);
		return;
	}
	log_failure(w, end);
	/* the next request looks first whether it is the same store */
	w->look_ms = 0;
	outage_note(&w->outage, end, w->begun_ms);
	wait_and_retry(w, end->retry_after_ms);
}

/* The newest version was asked for between two watches. */
static void end_look(struct kubewatch *w, const struct kube_end *end)
{
	w->stream.mode = KUBESTREAM_WATCH;
	if (w->stream.went_back) {
		relist(w, true, "versions went back, listing again");
	} else if (is_good(end) && outage_was_long(&w->outage)) {
		relist(w, true, "nobody answered for long, listing again");
	} else if (is_good(end) && w->stream.has_envelope) {
		outage_end(&w->outage);
		plan_look(w);
		send_request(w, KUBESTREAM_WATCH);
	} else {
		log_failure(w, end);
		outage_note(&w->outage, end, w->begun_ms);
		wait_and_retry(w, end->retry_after_ms);
	}
}

static void on_done(void *context, const struct kube_end *end)
{
	struct kubewatch *w = context;

	switch (w->stream.mode) {
	case KUBESTREAM_LIST:
		end_page(w, end);
		break;
	case KUBESTREAM_INITIAL:
		end_initial(w, end);
		break;
	case KUBESTREAM_WATCH:
		end_watch(w, end);
		break;
	case KUBESTREAM_LOOK:
		end_look(w, end);
		break;
	}
	if (w->answered != NULL)
		w->answered(w->stream.context, end);
}

static int on_body(void *context, struct str piece, struct err *e)
{
	struct kubewatch *w = context;
	enum kubestream_mode before = w->stream.mode;
	int rc = kubestream_take(&w->stream, piece, e);

	if (before == KUBESTREAM_INITIAL &&
		w->stream.mode == KUBESTREAM_WATCH) {
		note_list_end(w);
		/* go on with watches that the server ends soon */
		w->is_initial_over = true;
		loop_timer_set(w->call.loop, &w->timer, 0);
	}
	return rc;
}

/* ---- start and stop ----------------------------------------------------- */

void kubewatch_start(struct kubewatch *w)
{
	w->call.body = on_body;
	w->call.done = on_done;
	w->call.context = w;
	kube_open(&w->call);
	kubestream_open(&w->stream);
	w->backoff = (struct backoff){.first_ms = KUBEWATCH_FIRST_WAIT_MS,
		.last_ms = KUBEWATCH_LAST_WAIT_MS};
	w->timer = (struct loop_timer){.expired = on_timer, .context = w};
	w->stream.mode = KUBESTREAM_LIST;
	loop_timer_set(w->call.loop, &w->timer, 0);
}

void kubewatch_stop(struct kubewatch *w)
{
	loop_timer_clear(w->call.loop, &w->timer);
	kube_close(&w->call);
	kubestream_close(&w->stream);
}
