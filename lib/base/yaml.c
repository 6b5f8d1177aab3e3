/*
 * yaml - builds the tree from the events of libyaml's parser, of which this is
 * the only user.
 *
 * Events come in document order, so the open lists and maps are a stack of at
 * most YAML_DEPTH levels.  Tags are refused rather than ignored: configuration
 * files do not need them.
 */
#include "lib/base/yaml.h"

#include "lib/base/yaml_anchor.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct builder {
	struct arena *arena;
	struct node *top;
	struct node *open[YAML_DEPTH];
	struct node *last[YAML_DEPTH];
	int anchor[YAML_DEPTH]; /* number of the open one's, or NONE */
	struct yaml_anchors anchors;
	bool is_first_only; /* of the documents */
	int depth;          /* open lists and maps */
	struct str key;     /* was read, its value was not */
	bool has_key;
	uint32_t line; /* of the event at hand */
};

static int refuse(const struct builder *b, struct err *e, const char *why)
{
	return err_kind(e, ERR_INPUT, "line %u: %s", (unsigned)b->line, why);
}

static struct node *node_add(struct builder *b, struct err *e)
{
	struct node *n = arena_alloc(b->arena, sizeof *n);
	int at = b->depth - 1;

	if (!n) {
		refuse(b, e, "document too large");
		return NULL;
	}
	n->line = b->line;
	b->anchors.n_nodes++;
	if (b->depth == 0) {
		b->top = n;
		return n;
	}
	n->key = b->key;
	b->has_key = false;
	b->key = (struct str){"", 0};
	if (b->last[at])
		b->last[at]->next = n;
	else
		b->open[at]->first = n;
	b->last[at] = n;
	b->open[at]->count++;
	return n;
}

static bool wants_key(const struct builder *b)
{
	return b->depth && b->open[b->depth - 1]->type == NODE_MAP &&
	       !b->has_key;
}

static int key_take(struct builder *b, struct str text, struct err *e)
{
	char *copy = arena_copy(b->arena, text);

	if (!copy)
		return refuse(b, e, "document too large");
	for (const struct node *c = b->open[b->depth - 1]->first; c;
		c = c->next)
		if (str_eq(c->key, text))
			return err_kind(e, ERR_INPUT,
				"line %u: key \"%.*s\" occurs twice",
				(unsigned)b->line, STR_ARG(text));
	b->key = (struct str){copy, text.n};
	b->has_key = true;
	return 0;
}

static bool is_one_of(struct str s, const char *a, const char *b, const char *c)
{
	return str_is(s, a) || str_is(s, b) || str_is(s, c);
}

static bool real_parse(struct str s, double *out)
{
	char text[64];
	char *end;

	if (str_copy(s, text, sizeof text) < 0 ||
		strspn(text, "+-.0123456789eE") != s.n ||
		!strpbrk(text, "0123456789"))
		return false;
	*out = strtod(text, &end);
	return *end == '\0';
}

static bool octal_or_hex(struct str s, int64_t *out)
{
	char text[32];
	char *end;
	int base = str_has_prefix(s, STR("0x")) ? 16 : 8;

	if (!str_has_prefix(s, STR("0x")) && !str_has_prefix(s, STR("0o")))
		return false;
	if (str_copy(str_sub(s, 2, s.n), text, sizeof text) < 0 ||
		strlen(text) > 15 || !*text ||
		strspn(text, "0123456789abcdefABCDEF") != strlen(text))
		return false;
	*out = (int64_t)strtoll(text, &end, base);
	return *end == '\0';
}

/* YAML 1.2.2 section 10.3.2, the core schema. */
static int plain_set(struct builder *b, struct node *n, struct str s)
{
	struct str digits = str_sub(s, s.n && s.p[0] == '+', s.n);

	if (!s.n || str_is(s, "~") || is_one_of(s, "null", "Null", "NULL")) {
		n->type = NODE_NULL;
	} else if (is_one_of(s, "true", "True", "TRUE") ||
		   is_one_of(s, "false", "False", "FALSE")) {
		n->type = NODE_BOOL;
		n->truth = s.p[0] == 't' || s.p[0] == 'T';
	} else if (str_i64(digits, INT64_MIN, INT64_MAX, &n->whole) == 0 ||
		   octal_or_hex(s, &n->whole)) {
		n->type = NODE_INT;
	} else if (real_parse(s, &n->real)) {
		n->type = NODE_REAL;
	} else {
		char *copy = arena_copy(b->arena, s);

		n->type = NODE_TEXT;
		n->text = (struct str){copy, s.n};
		return copy ? 0 : -1;
	}
	return 0;
}

/* Give the node its anchor, if there is one; *number is for the end. */
static int anchor_add(struct builder *b, const yaml_char_t *name,
	const struct node *n, int *number, struct err *e)
{
	*number = YAML_ANCHOR_NONE;
	if (name == NULL)
		return 0;
	*number = yaml_anchor_begin(&b->anchors, (const char *)name, n);
	return *number >= 0 ? 0 : refuse(b, e, "too many or too long anchors");
}

static void anchor_end(struct builder *b, int number)
{
	if (number != YAML_ANCHOR_NONE)
		yaml_anchor_end(&b->anchors, number);
}

static int alias_add(struct builder *b, const yaml_event_t *ev, struct err *e)
{
	const char *why;
	struct node *n;

	if (wants_key(b))
		return refuse(b, e, "a key must be a plain text");
	n = node_add(b, e);
	if (n == NULL)
		return -1;
	why = yaml_anchor_use(
		&b->anchors, (const char *)ev->data.alias.anchor, n);
	return why == NULL ? 0 : refuse(b, e, why);
}

static int scalar_set(struct builder *b, struct node *n, struct str s,
	bool is_plain, struct err *e)
{
	char *copy;

	if (is_plain)
		return plain_set(b, n, s) < 0
			       ? refuse(b, e, "document too large")
			       : 0;
	copy = arena_copy(b->arena, s);
	n->type = NODE_TEXT;
	n->text = (struct str){copy, s.n};
	return copy ? 0 : refuse(b, e, "document too large");
}

static int scalar_add(struct builder *b, const yaml_event_t *ev, struct err *e)
{
	struct str s = {
		(const char *)ev->data.scalar.value, ev->data.scalar.length};
	bool is_plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	struct node *n;
	int anchor;

	if (ev->data.scalar.tag)
		return refuse(b, e, "tags are not supported");
	if (wants_key(b))
		return ev->data.scalar.anchor
			       ? refuse(b, e,
					 "anchors of keys are not "
					 "supported")
			       : key_take(b, s, e);
	n = node_add(b, e);
	if (!n || anchor_add(b, ev->data.scalar.anchor, n, &anchor, e) < 0 ||
		scalar_set(b, n, s, is_plain, e) < 0)
		return -1;
	anchor_end(b, anchor);
	return 0;
}

static int group_add(struct builder *b, enum node_type type,
	const yaml_char_t *anchor, const yaml_char_t *tag, struct err *e)
{
	struct node *n;

	if (tag)
		return refuse(b, e, "tags are not supported");
	if (wants_key(b))
		return refuse(b, e, "a key must be a plain text");
	if (b->depth == YAML_DEPTH)
		return refuse(b, e, "nested too deep");
	n = node_add(b, e);
	if (!n || anchor_add(b, anchor, n, &b->anchor[b->depth], e) < 0)
		return -1;
	n->type = type;
	b->open[b->depth] = n;
	b->last[b->depth] = NULL;
	b->depth++;
	return 0;
}

static int group_end(struct builder *b, struct err *e)
{
	struct node *n = b->open[--b->depth];
	const char *why = NULL;

	if (n->type == NODE_MAP)
		why = yaml_anchor_merge(&b->anchors, b->arena, n);
	anchor_end(b, b->anchor[b->depth]);
	return why == NULL ? 0 : refuse(b, e, why);
}

/* 1: go on, 0: end of the stream, -1: refused. */
static int event_take(struct builder *b, const yaml_event_t *ev, struct err *e)
{
	int rc = 0;

	switch (ev->type) {
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
		break;
	case YAML_DOCUMENT_END_EVENT:
		return !b->is_first_only;
	case YAML_STREAM_END_EVENT:
		return 0;
	case YAML_DOCUMENT_START_EVENT:
		if (b->top)
			rc = refuse(b, e, "more than one document");
		break;
	case YAML_ALIAS_EVENT:
		rc = alias_add(b, ev, e);
		break;
	case YAML_SCALAR_EVENT:
		rc = scalar_add(b, ev, e);
		break;
	case YAML_SEQUENCE_START_EVENT:
		rc = group_add(b, NODE_LIST, ev->data.sequence_start.anchor,
			ev->data.sequence_start.tag, e);
		break;
	case YAML_MAPPING_START_EVENT:
		rc = group_add(b, NODE_MAP, ev->data.mapping_start.anchor,
			ev->data.mapping_start.tag, e);
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		rc = group_end(b, e);
		break;
	}
	return rc < 0 ? -1 : 1;
}

static int events_take(yaml_parser_t *p, struct builder *b, struct err *e)
{
	int more = 1;

	while (more > 0) {
		yaml_event_t ev;

		if (!yaml_parser_parse(p, &ev)) {
			b->line = (uint32_t)p->problem_mark.line + 1;
			return refuse(
				b, e, p->problem ? p->problem : "not YAML");
		}
		b->line = (uint32_t)ev.start_mark.line + 1;
		more = event_take(b, &ev, e);
		yaml_event_delete(&ev);
	}
	return more;
}

/* With what the builder is to know already. */
static int parse(struct str text, struct builder *b, const struct node **out,
	struct err *e)
{
	yaml_parser_t p;
	int rc;

	if (!yaml_parser_initialize(&p))
		return err_kind(e, ERR_LIMIT, "out of memory");
	yaml_parser_set_input_string(&p, (const unsigned char *)text.p, text.n);
	rc = events_take(&p, b, e);
	yaml_parser_delete(&p);
	if (rc < 0)
		return -1;
	if (!b->top) {
		b->line = 1;
		if (!node_add(b, e))
			return -1;
	}
	*out = b->top;
	return 0;
}

int yaml_parse(struct str text, struct arena *a, const struct node **out,
	struct err *e)
{
	struct builder b = {.arena = a, .key = {"", 0}};

	return parse(text, &b, out, e);
}

int yaml_parse_first(struct str text, struct arena *a, const struct node **out,
	struct err *e)
{
	struct builder b = {.arena = a, .key = {"", 0}, .is_first_only = true};

	return parse(text, &b, out, e);
}
