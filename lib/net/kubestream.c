/*
 * kubestream - jsonsplit cuts the body, json parses each object, the sink
 * gets it.
 *
 * An object is parsed into an arena that is reset after it.  The version to
 * resume at is that of the last object given to the sink, so a stream that
 * breaks off within an object repeats that object only.
 */
#include "lib/net/kubestream.h"

#include "lib/base/json.h"
#include "lib/base/log.h"

#define ARENA_KEEP_BYTES (1u << 20) /* a larger arena is freed */
#define ARENA_FACTOR     32         /* size of a tree over that of its text */
#define REASON_BYTES     300

/* ---- lists -------------------------------------------------------------- */

static void begin_list(struct kubestream *s)
{
	s->is_list_open = true;
	s->n_listed = 0;
	s->sink->list_begin(s->context);
}

void kubestream_end_list(struct kubestream *s)
{
	char count[24];
	struct buf b = buf_fixed(count, sizeof(count));

	s->is_list_open = false;
	s->is_synced = true;
	buf_fmt(&b, "%llu", (unsigned long long)s->n_listed);
	log_event(LOG_INFO, "listed", "kind", s->name, "objects", buf_cstr(&b),
		"version", s->version, NULL);
	s->sink->list_end(s->context);
}

void kubestream_abandon_list(struct kubestream *s)
{
	s->is_list_open = false;
	s->token[0] = '\0';
}

/* ---- objects ------------------------------------------------------------ */

static void keep_version(struct kubestream *s, const struct node *object)
{
	struct str v = node_text(
		node_path(object, "metadata", "resourceVersion", NULL));

	if (v.n > 0 && v.n < sizeof(s->version))
		str_copy(v, s->version, sizeof(s->version));
}

/*
 * Versions are decimal numbers without leading zeros, and grow (API concepts,
 * "resource versions"; comparable since 1.35, and in etcd's case always).
 */
static bool is_older(struct str version, struct str than)
{
	uint64_t a, b;

	if (str_u64(version, 0, UINT64_MAX, &a) < 0 ||
		str_u64(than, 0, UINT64_MAX, &b) < 0)
		return false;
	return a < b;
}

/*
 * A bookmark's version, and that of a list of the newest, is at least as large
 * as all that came before it.
 */
static int check_version(
	struct kubestream *s, const struct node *object, struct err *e)
{
	struct str v = node_text(
		node_path(object, "metadata", "resourceVersion", NULL));

	if (!is_older(v, str_of(s->version)))
		return 0;
	s->went_back = true;
	return err_set(e,
		"version %.*s came after %s: was the server restored?",
		STR_ARG(str_sub(v, 0, 32)), s->version);
}

static void put_object(struct kubestream *s, const struct node *object)
{
	s->n_listed++;
	s->sink->put(s->context, object);
}

/* The list without its items has the next page's token and the version. */
static int take_envelope(struct kubestream *s, struct str text, struct err *e)
{
	const struct node *top, *meta;
	struct str token;

	if (json_parse(text, &s->memory, &top, e) < 0)
		return -1;
	s->has_envelope = true;
	if (s->mode == KUBESTREAM_LOOK)
		return check_version(s, top, e);
	meta = node_get(top, "metadata");
	token = node_text(node_get(meta, "continue"));
	if (str_copy(token, s->token, sizeof(s->token)) < 0)
		return err_kind(e, ERR_LIMIT,
			"the list's continue token is "
			"longer than %zu bytes",
			sizeof(s->token) - 1);
	keep_version(s, top);
	return 0;
}

static bool ends_initial_events(const struct node *object)
{
	return str_is(node_text(node_path(object, "metadata", "annotations",
			      "k8s.io/initial-events-end", NULL)),
		"true");
}

static int take_bookmark(
	struct kubestream *s, const struct node *object, struct err *e)
{
	if (s->mode == KUBESTREAM_WATCH && check_version(s, object, e) < 0)
		return -1;
	keep_version(s, object);
	if (s->mode != KUBESTREAM_INITIAL || !ends_initial_events(object))
		return 0;
	s->mode = KUBESTREAM_WATCH;
	kubestream_end_list(s);
	return 0;
}

/* An ERROR event has a Status, and ends the stream. */
static int take_status(
	struct kubestream *s, const struct node *status, struct err *e)
{
	struct str message = node_text(node_get(status, "message"));
	int64_t code = node_whole(node_get(status, "code"), 0);

	s->error_code = code;
	return err_set(e, "the server reports %lld: %.*s", (long long)code,
		STR_ARG(str_sub(message, 0, REASON_BYTES)));
}

/* managedFields, often half of an object, is of no use here. */
static int parse_object(struct kubestream *s, struct str text,
	const struct node **out, struct err *e)
{
	return json_parse_without(text, "managedFields", &s->memory, out, e);
}

static int take_event(struct kubestream *s, struct str text, struct err *e)
{
	const struct node *event, *object;
	struct str type;

	if (parse_object(s, text, &event, e) < 0)
		return -1;
	type = node_text(node_get(event, "type"));
	object = node_get(event, "object");
	if (str_is(type, "ERROR"))
		return take_status(s, object, e);
	s->has_event = true;
	if (str_is(type, "BOOKMARK"))
		return take_bookmark(s, object, e);
	if (str_is(type, "ADDED") || str_is(type, "MODIFIED"))
		put_object(s, object);
	else if (str_is(type, "DELETED"))
		s->sink->gone(s->context, object);
	else
		return err_kind(e, ERR_INPUT, "unknown event \"%.*s\"",
			STR_ARG(str_sub(type, 0, 32)));
	keep_version(s, object);
	return 0;
}

static int take_item(struct kubestream *s, struct str text, struct err *e)
{
	const struct node *object;

	if (parse_object(s, text, &object, e) < 0)
		return -1;
	put_object(s, object);
	return 0;
}

/* What is kept of an object that is too large. */
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

static void take_too_large(struct kubestream *s, uint64_t len_bytes)
{
	const struct jsonpeek *names = &s->split.names;
	struct str version = jsonpeek_text(names, NAME_VERSION);

	if (s->mode != KUBESTREAM_LIST) {
		s->has_event = true;
		if (version.n > 0 && version.n < sizeof(s->version))
			str_copy(version, s->version, sizeof(s->version));
	}
	s->sink->skipped(s->context, jsonpeek_text(names, NAME_SPACE),
		jsonpeek_text(names, NAME_NAME), len_bytes);
}

static int take_piece(
	struct kubestream *s, const struct jsonsplit_piece *p, struct err *e)
{
	if (s->mode == KUBESTREAM_LOOK && p->kind != JSONSPLIT_ENVELOPE)
		return 0;
	switch (p->kind) {
	case JSONSPLIT_OBJECT:
		return s->mode == KUBESTREAM_LIST ? take_item(s, p->text, e)
						  : take_event(s, p->text, e);
	case JSONSPLIT_ENVELOPE:
		return take_envelope(s, p->text, e);
	case JSONSPLIT_TOO_LARGE:
		take_too_large(s, p->len_bytes);
		break;
	}
	return 0;
}

/* Free the memory of an object; an unusually large arena is not kept. */
static void reset_memory(struct kubestream *s)
{
	if (s->memory.total <= ARENA_KEEP_BYTES) {
		arena_reset(&s->memory);
		return;
	}
	arena_free(&s->memory);
	s->memory = arena_make(s->object_max * ARENA_FACTOR);
}

int kubestream_take(struct kubestream *s, struct str piece, struct err *e)
{
	struct jsonsplit_piece p;
	int got;

	while ((got = jsonsplit_next(&s->split, &piece, &p, e)) > 0) {
		int rc = take_piece(s, &p, e);

		reset_memory(s);
		if (rc < 0)
			return -1;
	}
	return got;
}

/* ---- bodies ------------------------------------------------------------- */

void kubestream_open(struct kubestream *s)
{
	s->split = jsonsplit_make(s->object_max);
	s->memory = arena_make(s->object_max * ARENA_FACTOR);
}

void kubestream_close(struct kubestream *s)
{
	jsonsplit_free(&s->split);
	arena_free(&s->memory);
}

void kubestream_begin(struct kubestream *s, enum kubestream_mode mode)
{
	bool is_list = mode == KUBESTREAM_LIST || mode == KUBESTREAM_LOOK;
	bool has_objects =
		mode == KUBESTREAM_LIST || mode == KUBESTREAM_INITIAL;

	s->mode = mode;
	s->has_envelope = false;
	s->has_event = false;
	s->went_back = false;
	s->error_code = 0;
	if (has_objects && !s->is_list_open)
		begin_list(s);
	jsonsplit_reset(&s->split, is_list ? JSONSPLIT_LIST : JSONSPLIT_ROW,
		is_list ? &item_names : &event_names);
}

bool kubestream_may_end(const struct kubestream *s)
{
	return jsonsplit_may_end(&s->split);
}

void kubestream_put_status(
	struct kubestream *s, struct str text, struct buf *out)
{
	const struct node *status = NULL;
	struct str message;

	json_parse(text, &s->memory, &status, NULL);
	message = node_text(node_get(status, "message"));
	if (message.n == 0)
		message = str_trim(text);
	buf_str(out, str_sub(message, 0, REASON_BYTES));
	reset_memory(s);
}
