/*
 * jsonsplit - two state machines over bytes: objects, and a list's envelope.
 *
 * jsonskip finds the end of each object.  The other machine follows a list
 * outside its items and keeps that part, so that metadata before or after the
 * items can be parsed as a small object of its own.
 *
 * An object that lies entirely in the given bytes is returned as a view of
 * them; only one that spans two pieces is copied.
 */
#include "lib/net/jsonsplit.h"

struct jsonsplit jsonsplit_make(size_t max_bytes)
{
	return (struct jsonsplit){
		.max_bytes = max_bytes,
		.object = buf_growing(max_bytes),
		.envelope = buf_growing(JSONSPLIT_ENVELOPE_MAX),
	};
}

void jsonsplit_free(struct jsonsplit *s)
{
	buf_free(&s->object);
	buf_free(&s->envelope);
}

void jsonsplit_reset(struct jsonsplit *s, enum jsonsplit_mode mode,
	const struct jsonpeek_wants *wants)
{
	struct buf object = s->object, envelope = s->envelope;

	buf_reset(&object);
	buf_reset(&envelope);
	*s = (struct jsonsplit){.mode = mode,
		.wants = wants,
		.max_bytes = s->max_bytes,
		.object = object,
		.envelope = envelope};
}

bool jsonsplit_may_end(const struct jsonsplit *s)
{
	return s->len_bytes == 0 && (s->mode == JSONSPLIT_ROW || s->is_over);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static int fail_stream(struct err *e, const char *why)
{
	return err_kind(e, ERR_INPUT, "JSON stream: %s", why);
}

/* ----------------------------------------------------------------- objects */

/* The object is too large: from now on only its names are kept. */
static void become_large(struct jsonsplit *s)
{
	s->is_large = true;
	jsonpeek_start(&s->names, s->wants);
	jsonpeek_take(&s->names, buf_view(&s->object));
	buf_free(&s->object);
	s->object = buf_growing(s->max_bytes);
}

/* Keep bytes of an object that begins before or ends after them. */
static void keep_bytes(struct jsonsplit *s, struct str part)
{
	if (!s->is_large && s->len_bytes > s->max_bytes)
		become_large(s);
	if (s->is_large)
		jsonpeek_take(&s->names, part);
	else
		buf_str(&s->object, part);
}

/* Return the object that ends with these bytes. */
static int give_object(struct jsonsplit *s, struct str last,
	struct jsonsplit_piece *out, struct err *e)
{
	bool is_split = s->len_bytes > last.n;

	if (is_split || s->len_bytes > s->max_bytes)
		keep_bytes(s, last);
	if (s->object.full)
		return err_kind(e, ERR_LIMIT, "JSON stream: out of memory");
	*out = (struct jsonsplit_piece){
		.kind = s->is_large ? JSONSPLIT_TOO_LARGE : JSONSPLIT_OBJECT,
		.text = is_split ? buf_view(&s->object) : last,
		.len_bytes = s->len_bytes,
	};
	if (s->is_large)
		out->text = (struct str){NULL, 0};
	s->len_bytes = 0;
	return 1;
}

/* Take bytes of an object; 1 once it is complete. */
static int take_object(struct jsonsplit *s, struct str *in,
	struct jsonsplit_piece *out, struct err *e)
{
	struct str part;

	if (s->len_bytes == 0) {
		buf_reset(&s->object);
		s->is_large = false;
	}
	part = str_sub(*in, 0, jsonskip_object(&s->place, *in));
	in->p += part.n;
	in->n -= part.n;
	s->len_bytes += part.n;
	if (s->place.depth == 0)
		return give_object(s, part, out, e);
	keep_bytes(s, part);
	return 0;
}

/* --------------------------------------------------------------- envelopes */

/* Take a byte of the list outside its items and outside strings. */
static int outer_byte(struct jsonsplit *s, char c, struct err *e)
{
	if (s->outer_depth == 0 && c != '{')
		return fail_stream(e, "the list is not an object");
	switch (c) {
	case '"':
		s->place.is_in_string = true;
		s->text_start = s->envelope.n + 1;
		break;
	case ':':
		s->is_items_key =
			s->outer_depth == 1 &&
			str_is(str_sub(buf_view(&s->envelope), s->text_start,
				       s->text_end - s->text_start),
				"items");
		break;
	case '[':
	case '{':
		s->is_in_items =
			c == '[' && s->outer_depth == 1 && s->is_items_key;
		s->outer_depth++;
		break;
	case ']':
	case '}':
		s->outer_depth--;
		s->is_over = s->outer_depth == 0;
		break;
	case ',':
		s->is_items_key = false;
		break;
	default:
		break;
	}
	return 0;
}

/* Keep a string of the envelope and remember where it ends. */
static void outer_string(struct jsonsplit *s, struct str *in)
{
	size_t n = jsonskip_string(&s->place, *in);

	buf_put(&s->envelope, in->p, n);
	if (!s->place.is_in_string)
		s->text_end = s->envelope.n - 1;
	in->p += n;
	in->n -= n;
}

/* Take bytes of the list up to an item or its end; 1 once it has ended. */
static int take_outer(struct jsonsplit *s, struct str *in,
	struct jsonsplit_piece *out, struct err *e)
{
	while (in->n > 0 && !s->is_over && !s->is_in_items) {
		if (s->place.is_in_string) {
			outer_string(s, in);
		} else if (is_blank(*in->p)) {
			in->p++;
			in->n--;
		} else {
			char c = *in->p++;

			in->n--;
			if (outer_byte(s, c, e) < 0)
				return -1;
			buf_byte(&s->envelope, c);
		}
		if (s->envelope.full)
			return fail_stream(e, "too much outside of the items");
	}
	if (!s->is_over)
		return 0;
	*out = (struct jsonsplit_piece){
		JSONSPLIT_ENVELOPE, buf_view(&s->envelope), s->envelope.n};
	return 1;
}

/* Between items: an object begins, or the items end. */
static int take_item_start(struct jsonsplit *s, struct str *in, struct err *e)
{
	while (in->n > 0 && (is_blank(*in->p) || *in->p == ',')) {
		in->p++;
		in->n--;
	}
	if (in->n == 0 || *in->p == '{')
		return 0;
	if (*in->p != ']')
		return fail_stream(e, "an item is not an object");
	s->is_in_items = false; /* take_outer() takes the bracket */
	s->is_items_key = false;
	return 0;
}

/* ------------------------------------------------------------------- calls */

static int next_of_row(struct jsonsplit *s, struct str *in,
	struct jsonsplit_piece *out, struct err *e)
{
	while (s->len_bytes == 0 && in->n > 0 && is_blank(*in->p)) {
		in->p++;
		in->n--;
	}
	if (in->n == 0)
		return 0;
	if (s->len_bytes == 0 && *in->p != '{')
		return fail_stream(e, "expected an object");
	return take_object(s, in, out, e);
}

static int take_rest(struct str *in, struct err *e)
{
	while (in->n > 0 && is_blank(*in->p)) {
		in->p++;
		in->n--;
	}
	return in->n == 0 ? 0 : fail_stream(e, "bytes after the list");
}

static int next_of_list(struct jsonsplit *s, struct str *in,
	struct jsonsplit_piece *out, struct err *e)
{
	while (in->n > 0) {
		int got = 0;

		if (s->is_over)
			return take_rest(in, e);
		if (!s->is_in_items)
			got = take_outer(s, in, out, e);
		else if (s->len_bytes > 0 || *in->p == '{')
			got = take_object(s, in, out, e);
		else
			got = take_item_start(s, in, e);
		if (got != 0)
			return got;
	}
	return 0;
}

int jsonsplit_next(struct jsonsplit *s, struct str *in,
	struct jsonsplit_piece *out, struct err *e)
{
	return s->mode == JSONSPLIT_ROW ? next_of_row(s, in, out, e)
					: next_of_list(s, in, out, e);
}
