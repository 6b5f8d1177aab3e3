/*
 * mux - cleans the path as Go does, then looks it up in a table of places,
 * segment by segment with their escapes undone.
 *
 * If cleaning changes the path, the answer is a redirect, whoever asks; so is
 * a tree that was requested without its final slash, which is called by its
 * plain name.  Otherwise Go takes the cleaned path, whose escapes are still
 * there, for a plain one and escapes it again.
 */
#include "checkpoint-agent/front/mux.h"

#include "lib/net/gopath.h"

#include <string.h>

static const struct mux_place places[] = {
	{"/checkpoint/", MUX_CHECKPOINT, {"checkpoint", NULL}},
	{"/checkpoints", MUX_ARCHIVES, {"checkpoints", NULL}},
	{"/checkpoints/", MUX_ARCHIVES, {"checkpoints", NULL}},
	{"/healthz", MUX_ALWAYS, {"healthz", "proxy"}},
	{"/livez", MUX_ALWAYS, {"healthz", "proxy"}},
	{"/readyz", MUX_ALWAYS, {"healthz", "proxy"}},
	{"/metrics", MUX_ALWAYS, {"metrics", NULL}},
};

bool mux_has_feature(const struct config_features *f, enum mux_feature what)
{
	switch (what) {
	case MUX_ALWAYS:
		return true;
	case MUX_CHECKPOINT:
		return f->has_checkpoint;
	case MUX_PODS:
		return f->has_checkpoint && f->has_pods;
	case MUX_ARCHIVES:
		return f->has_archives;
	}
	return false;
}

/* An escaped slash must not end a segment: no place has this byte. */
#define INNER_SLASH '\1'

/* Undo the escapes of a path for a look at the table. */
static void unescape_segments(struct str path, struct buf *b)
{
	struct str segment;

	while (str_cut(&path, '/', &segment)) {
		size_t at = b->n;

		http_unescape(segment, false, b);
		for (size_t i = at; i < b->n; i++)
			if (b->p[i] == '/')
				b->p[i] = INNER_SLASH;
		if (path.p != NULL)
			buf_byte(b, '/');
	}
}

/* The longest place that the path lies in; NULL: none. */
static const struct mux_place *find_place(
	struct str path, const struct config_features *f)
{
	const struct mux_place *best = NULL;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct str p = str_of(places[i].path);
		bool is_tree = p.p[p.n - 1] == '/';

		if (!mux_has_feature(f, places[i].feature))
			continue;
		if (is_tree ? str_has_prefix(path, p) : str_eq(path, p))
			if (best == NULL || p.n > strlen(best->path))
				best = &places[i];
	}
	return best;
}

/* A query as it came, but for bytes that no header may have. */
static void put_query(struct str query, struct buf *text)
{
	if (query.n > 0)
		buf_byte(text, '?');
	for (size_t i = 0; i < query.n; i++)
		if ((unsigned char)query.p[i] < 0x80)
			buf_byte(text, query.p[i]);
		else
			buf_fmt(text, "%%%02x", (unsigned char)query.p[i]);
}

static struct answer redirect_to(
	struct str path, struct str query, struct buf *text)
{
	size_t at = text->n;

	gopath_escape(path, text);
	put_query(query, text);
	return (struct answer){
		.status = 307,
		.type = ANSWER_EMPTY,
		.location = str_sub(buf_view(text), at, text->n),
	};
}

static struct answer unknown_path(void)
{
	return (struct answer){
		.status = 404,
		.type = ANSWER_NOSNIFF,
		.body = STR("404 page not found\n"),
	};
}

/* RFC 9110 9.3.7: a question about the server itself. */
static struct answer answer_asterisk(const struct http_request *r)
{
	bool is_options = str_is(r->method, "OPTIONS");

	return (struct answer){.status = is_options ? 200 : 400,
		.type = ANSWER_EMPTY,
		.closes = !is_options};
}

const struct mux_place *mux_find(const struct http_request *r,
	const struct config_features *f, struct buf *text, struct answer *a)
{
	AUTO_BUF struct buf clean = buf_growing(r->path.n + 4);
	AUTO_BUF struct buf plain = buf_growing(r->path.n + 4);
	const struct mux_place *place;
	bool is_clean, lacks_slash;

	if (str_is(r->path, "*")) {
		*a = answer_asterisk(r);
		return NULL;
	}
	gopath_clean(r->path, &clean);
	unescape_segments(buf_view(&clean), &plain);
	if (clean.full || plain.full) {
		*a = answer_text(500, STR("out of memory"));
		return NULL;
	}
	is_clean = str_eq(buf_view(&clean), r->path);
	place = find_place(buf_view(&plain), f);
	if (is_clean && place != NULL)
		return place;
	buf_byte(&plain, '/');
	lacks_slash = place == NULL && find_place(buf_view(&plain), f) != NULL;
	if (is_clean && !lacks_slash) {
		*a = unknown_path();
		return NULL;
	}
	*a = redirect_to(
		buf_view(lacks_slash ? &plain : &clean), r->query, text);
	return NULL;
}
