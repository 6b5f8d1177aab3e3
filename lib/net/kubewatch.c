/*
 * kubewatch: see kubewatch.h.  The machine:
 *
 *   list --whole--> watch --ended, broken--> watch again from the last version
 *    ^                |
 *    '---- 410 -------'      every failure waits (backoff) before the next
 *
 * What comes in is cut by jsonsplit, parsed one object at a time into an
 * arena that is reset behind each.  The version to resume at is that of the
 * last object handed to the sink, so a stream torn within an object repeats
 * that object only.
 */
#include "lib/net/kubewatch.h"
#include "lib/base/json.h"
#include "lib/base/log.h"

#include <string.h>
#include <sys/random.h>

#define ARENA_KEEP_BYTES (1u << 20) /* above: given back after the object */
#define ARENA_FACTOR     32         /* tree size over text size, at most */
#define REASON_BYTES     300
#define WATCH_IDLE_MS    (KUBEWATCH_TIMEOUT_MAX_S * 1000ull + 30000)

static void request_next(struct kubewatch *w);

static uint32_t random_u32(void)
{
	uint32_t r = 0;

	if (getrandom(&r, sizeof(r), GRND_NONBLOCK) != (ssize_t)sizeof(r))
		r = (uint32_t)loop_now_ms() * 2654435761u;
	return r;
}

/* ---------------------------------------------------------------- waiting */

static void wait_then_go(struct kubewatch *w, uint64_t at_least_ms)
{
	uint64_t ms = backoff_next(&w->backoff, random_u32());

	w->stats.failures++;
	loop_timer_set(
		w->call.loop, &w->timer, ms > at_least_ms ? ms : at_least_ms);
}

static void log_failure(struct kubewatch *w, const char *why)
{
	log_event(LOG_WARN,
		w->phase == KUBEWATCH_WATCHING ? "watch broke off"
					       : "list failed",
		"kind", w->name, "why", why, NULL);
}

/* ---------------------------------------------------------------- objects */

static void keep_version(struct kubewatch *w, const struct node *object)
{
	struct str v = node_text(
		node_path(object, "metadata", "resourceVersion", NULL));

	if (v.n > 0 && v.n < sizeof(w->version))
		str_copy(v, w->version, sizeof(w->version));
}

static void put_object(struct kubewatch *w, const struct node *object)
{
	w->stats.objects++;
	w->n_listed++;
	w->sink->put(w->context, object);
}

static void begin_list(struct kubewatch *w)
{
	w->is_list_open = true;
	w->n_listed = 0;
	w->sink->list_begin(w->context);
}

static void end_list(struct kubewatch *w)
{
	char count[24];
	struct buf b = buf_fixed(count, sizeof(count));

	w->is_list_open = false;
	w->is_synced = true;
	w->wants_newest = false;
	w->wants_whole = false;
	w->stats.lists++;
	w->listed_ms = loop_now_ms();
	buf_fmt(&b, "%llu", (unsigned long long)w->n_listed);
	log_event(LOG_INFO, "listed", "kind", w->name, "objects", buf_cstr(&b),
		"version", w->version, NULL);
	w->sink->list_end(w->context);
}

/* The list without its items: where to go on, and what version this is. */
static int take_envelope(struct kubewatch *w, struct str text, struct err *e)
{
	const struct node *top, *meta;
	struct str token;

	if (json_parse(text, &w->memory, &top, e) < 0)
		return -1;
	meta = node_get(top, "metadata");
	token = node_text(node_get(meta, "continue"));
	if (str_copy(token, w->token, sizeof(w->token)) < 0)
		return err_kind(e, ERR_LIMIT,
			"the list's continue token is "
			"longer than %zu bytes",
			sizeof(w->token) - 1);
	keep_version(w, top);
	w->has_envelope = true;
	return 0;
}

static bool ends_initial_events(const struct node *object)
{
	return str_is(node_text(node_path(object, "metadata", "annotations",
			      "k8s.io/initial-events-end", NULL)),
		"true");
}

static void take_bookmark(struct kubewatch *w, const struct node *object)
{
	w->stats.bookmarks++;
	keep_version(w, object);
	if (w->phase != KUBEWATCH_STREAMING || !ends_initial_events(object))
		return;
	w->phase = KUBEWATCH_WATCHING;
	w->call.idle_ms = WATCH_IDLE_MS;
	end_list(w);
}

/* An ERROR event holds a Status; the stream is over with it. */
static int take_status(
	struct kubewatch *w, const struct node *status, struct err *e)
{
	struct str message = node_text(node_get(status, "message"));
	int64_t code = node_whole(node_get(status, "code"), 0);

	w->error_code = code;
	return err_set(e, "the server says %lld: %.*s", (long long)code,
		STR_ARG(str_sub(message, 0, REASON_BYTES)));
}

/* Who set which field is often half of an object, and nothing to us. */
static int parse(struct kubewatch *w, struct str text, const struct node **out,
	struct err *e)
{
	return json_parse_without(text, "managedFields", &w->memory, out, e);
}

static int take_event(struct kubewatch *w, struct str text, struct err *e)
{
	const struct node *event, *object;
	struct str type;

	if (parse(w, text, &event, e) < 0)
		return -1;
	type = node_text(node_get(event, "type"));
	object = node_get(event, "object");
	if (str_is(type, "ERROR"))
		return take_status(w, object, e);
	w->saw_change = true;
	if (str_is(type, "BOOKMARK")) {
		take_bookmark(w, object);
		return 0;
	}
	w->stats.changes++;
	if (str_is(type, "ADDED") || str_is(type, "MODIFIED"))
		put_object(w, object);
	else if (str_is(type, "DELETED"))
		w->sink->gone(w->context, object);
	else
		return err_kind(e, ERR_INPUT, "unknown event \"%.*s\"",
			STR_ARG(str_sub(type, 0, 32)));
	keep_version(w, object);
	return 0;
}

static int take_item(struct kubewatch *w, struct str text, struct err *e)
{
	const struct node *object;

	if (parse(w, text, &object, e) < 0)
		return -1;
	put_object(w, object);
	return 0;
}

/* What is still read of an object that is too large. */
enum { NAME_SPACE, NAME_NAME, NAME_VERSION };

static const struct jsonpeek_wants item_names = {{
	[NAME_SPACE] = {"metadata", "namespace"},
	[NAME_NAME] = {"metadata", "name"},
	[NAME_VERSION] = {"metadata", "resourceVersion"},
}};
static const struct jsonpeek_wants event_names = {{
	[NAME_SPACE] = {"object", "metadata", "namespace"},
	[NAME_NAME] = {"object", "metadata", "name"},
	[NAME_VERSION] = {"object", "metadata", "resourceVersion"},
}};

static void take_too_large(struct kubewatch *w, uint64_t len_bytes)
{
	const struct jsonpeek *names = &w->split.names;
	struct str version = jsonpeek_text(names, NAME_VERSION);

	w->stats.skipped++;
	if (w->phase != KUBEWATCH_LISTING) {
		w->saw_change = true;
		if (version.n > 0 && version.n < sizeof(w->version))
			str_copy(version, w->version, sizeof(w->version));
	}
	w->sink->skipped(w->context, jsonpeek_text(names, NAME_SPACE),
		jsonpeek_text(names, NAME_NAME), len_bytes);
}

static int take_text(
	struct kubewatch *w, const struct jsonsplit_piece *p, struct err *e)
{
	switch (p->kind) {
	case JSONSPLIT_OBJECT:
		return w->phase == KUBEWATCH_LISTING
			       ? take_item(w, p->text, e)
			       : take_event(w, p->text, e);
	case JSONSPLIT_ENVELOPE:
		return take_envelope(w, p->text, e);
	case JSONSPLIT_TOO_LARGE:
		take_too_large(w, p->len_bytes);
		break;
	}
	return 0;
}

static int on_body(void *context, struct str piece, struct err *e)
{
	struct kubewatch *w = context;
	struct jsonsplit_piece p;
	int got;

	while ((got = jsonsplit_next(&w->split, &piece, &p, e)) > 0) {
		int done = take_text(w, &p, e);

		if (w->memory.total > ARENA_KEEP_BYTES) {
			arena_free(&w->memory);
			w->memory = arena_make(w->object_max * ARENA_FACTOR);
		} else {
			arena_reset(&w->memory);
		}
		if (done < 0)
			return -1;
	}
	return got;
}

/* ---------------------------------------------------------------- endings */

/* The words of a refusal: the Status' message, else the bare body. */
static void refusal_text(
	struct kubewatch *w, const struct kube_end *end, struct buf *out)
{
	const struct node *status = NULL;
	struct str message;

	json_parse(end->reason, &w->memory, &status, NULL);
	message = node_text(node_get(status, "message"));
	if (message.n == 0)
		message = str_trim(end->reason);
	buf_fmt(out, "status %u: ", end->status);
	buf_str(out, str_sub(message, 0, REASON_BYTES));
	arena_reset(&w->memory);
}

static void log_end(struct kubewatch *w, const struct kube_end *end)
{
	char text[REASON_BYTES + 32] = "";
	struct buf b = buf_fixed(text, sizeof(text));

	if (end->error != NULL) {
		log_failure(w, end->error->text);
		return;
	}
	if (end->status != 200)
		refusal_text(w, end, &b);
	else
		buf_text(&b, jsonsplit_is_whole(&w->split)
				     ? "it ended at once"
				     : "it ended within an object");
	log_failure(w, buf_cstr(&b));
}

static bool is_good(const struct kube_end *end)
{
	return end->is_complete && end->status == 200;
}

/* Was the request refused with this code, or the stream ended by it? */
static bool has_code(const struct kubewatch *w, const struct kube_end *end,
	unsigned int code)
{
	return end->status == code || w->error_code == (int64_t)code;
}

/* A kind that this server does not have, or does not show to us. */
static bool is_absent(const struct kubewatch *w, const struct kube_end *end)
{
	return w->may_be_absent && (end->status == 403 || end->status == 404);
}

static void wait_for_kind(struct kubewatch *w)
{
	log_event(LOG_DEBUG, "none to be seen", "kind", w->name, NULL);
	w->is_list_open = false;
	loop_timer_set(w->call.loop, &w->timer, KUBEWATCH_ABSENT_WAIT_MS);
}

static void list_ended(struct kubewatch *w, const struct kube_end *end)
{
	bool is_whole = is_good(end) && w->has_envelope;

	if (is_absent(w, end)) {
		wait_for_kind(w);
		return;
	}
	if (is_whole && w->token[0] != '\0') {
		request_next(w);
		return;
	}
	if (is_whole) {
		end_list(w);
		w->phase = KUBEWATCH_WATCHING;
		request_next(w);
		return;
	}
	log_end(w, end);
	/* 410: the page's token or the version is too old; 504: too new */
	if (has_code(w, end, 410) || has_code(w, end, 504))
		w->wants_newest = true;
	if (has_code(w, end, 410))
		w->wants_whole = true;
	w->token[0] = '\0';
	w->is_list_open = false;
	wait_then_go(w, end->retry_after_ms);
}

/* The server does not know WatchList, or takes it for any other watch. */
static bool has_no_watch_list(const struct kube_end *end)
{
	return end->status == 400 || end->status == 422 ||
	       (end->error != NULL && end->error->kind == ERR_TIMEOUT);
}

/* WatchList was refused or did not come to its bookmark. */
static void stream_ended(struct kubewatch *w, const struct kube_end *end)
{
	w->is_list_open = false;
	w->phase = KUBEWATCH_LISTING;
	if (has_no_watch_list(end)) {
		log_event(LOG_INFO, "no WatchList here, listing by pages",
			"kind", w->name, NULL);
		w->tries_watch_list = false;
		request_next(w);
		return;
	}
	if (has_code(w, end, 410) || has_code(w, end, 504))
		w->wants_newest = true;
	log_end(w, end);
	wait_then_go(w, end->retry_after_ms);
}

static void watch_ended(struct kubewatch *w, const struct kube_end *end)
{
	bool is_old = loop_now_ms() - w->begun_ms >= KUBEWATCH_STEADY_MS;

	if (w->saw_change || is_old)
		backoff_reset(&w->backoff);
	if (has_code(w, end, 410)) {
		log_event(LOG_INFO, "version expired, listing again", "kind",
			w->name, "version", w->version, NULL);
		w->stats.expired++;
		/* at once, unless the last list expired just as fast */
		if (loop_now_ms() - w->listed_ms >= KUBEWATCH_STEADY_MS)
			backoff_reset(&w->backoff);
		w->phase = KUBEWATCH_LISTING;
		wait_then_go(w, 0);
		return;
	}
	/* the server ends watches at their time: that is no failure */
	if (is_good(end) && jsonsplit_is_whole(&w->split) &&
		(w->saw_change || is_old)) {
		request_next(w);
		return;
	}
	log_end(w, end);
	wait_then_go(w, end->retry_after_ms);
}

static void on_done(void *context, const struct kube_end *end)
{
	struct kubewatch *w = context;

	if (w->sink->answered != NULL)
		w->sink->answered(w->context, end);
	switch (w->phase) {
	case KUBEWATCH_LISTING:
		list_ended(w, end);
		break;
	case KUBEWATCH_STREAMING:
		stream_ended(w, end);
		break;
	case KUBEWATCH_WATCHING:
		watch_ended(w, end);
		break;
	case KUBEWATCH_STOPPED:
		break;
	}
}

/* --------------------------------------------------------------- requests */

/*
 * The first list may be whatever the server has at hand.  Later ones ask for
 * the newest: beside a limit, a version means exactly that one (API concepts,
 * "resourceVersion parameter"), and one that has expired would come for ever.
 */
static const char *list_version(const struct kubewatch *w)
{
	return w->wants_newest || w->version[0] != '\0' ? "" : "0";
}

static void write_target(
	struct kubewatch *w, unsigned int timeout_s, struct buf *b)
{
	if (w->phase == KUBEWATCH_LISTING)
		kubequery_list(b, &w->query,
			w->wants_whole ? 0 : KUBEWATCH_PAGE, w->token,
			list_version(w));
	else if (w->phase == KUBEWATCH_STREAMING)
		kubequery_watch_list(b, &w->query,
			w->wants_newest ? "" : w->version, timeout_s);
	else
		kubequery_watch(b, &w->query, w->version, timeout_s);
}

static void request_next(struct kubewatch *w)
{
	char target[HTTP_TARGET_BYTES_MAX];
	struct buf b = buf_fixed(target, sizeof(target));
	struct kube_request r = {.method = "GET"};
	unsigned int timeout_s =
		KUBEWATCH_TIMEOUT_MIN_S +
		random_u32() %
			(KUBEWATCH_TIMEOUT_MAX_S - KUBEWATCH_TIMEOUT_MIN_S);

	if (w->phase == KUBEWATCH_LISTING && w->tries_watch_list)
		w->phase = KUBEWATCH_STREAMING;
	write_target(w, timeout_s, &b);
	r.target = buf_view(&b);
	r.idle_ms = KUBEWATCH_LIST_IDLE_MS;
	if (w->phase == KUBEWATCH_WATCHING) {
		w->stats.watches++;
		r.idle_ms = WATCH_IDLE_MS;
	} else if (!w->is_list_open) {
		begin_list(w);
	}
	w->has_envelope = false;
	w->error_code = 0;
	w->saw_change = false;
	w->begun_ms = loop_now_ms();
	if (w->phase == KUBEWATCH_LISTING)
		jsonsplit_reset(&w->split, JSONSPLIT_LIST, &item_names);
	else
		jsonsplit_reset(&w->split, JSONSPLIT_ROW, &event_names);
	kube_send(&w->call, &r);
}

static void on_timer(void *context)
{
	request_next(context);
}

void kubewatch_start(struct kubewatch *w)
{
	w->call.body = on_body;
	w->call.done = on_done;
	w->call.context = w;
	kube_open(&w->call);
	w->split = jsonsplit_make(w->object_max);
	w->memory = arena_make(w->object_max * ARENA_FACTOR);
	w->backoff = (struct backoff){.first_ms = KUBEWATCH_FIRST_WAIT_MS,
		.last_ms = KUBEWATCH_LAST_WAIT_MS};
	w->timer = (struct loop_timer){.expired = on_timer, .context = w};
	w->phase = KUBEWATCH_LISTING;
	loop_timer_set(w->call.loop, &w->timer, 0);
}

void kubewatch_stop(struct kubewatch *w)
{
	w->phase = KUBEWATCH_STOPPED;
	loop_timer_clear(w->call.loop, &w->timer);
	kube_close(&w->call);
	jsonsplit_free(&w->split);
	arena_free(&w->memory);
}
