/*
 * arguments - walks the table of options, and writes each value as
 * --NAME=VALUE, that of a default too.
 *
 * The file is left out, as its values are in the others by now; feature gates
 * come from their switches, as the file sets those directly.
 */
#include "checkpoint-agent/config/arguments.h"

#include "lib/base/buf.h"

#include <string.h>

#define TEXT_BYTES_MAX (64u << 10)

int arguments_add(struct arguments *a, char *text, struct err *e)
{
	if (a->n == ARGUMENTS_MAX)
		return err_set(e, "more than %d arguments", ARGUMENTS_MAX);
	a->item[a->n++] = text;
	a->item[a->n] = NULL;
	return 0;
}

struct writer {
	struct arguments *out;
	struct arena *memory;
	struct err *e;
};

static int put_option(const struct writer *w, const char *name, struct str v)
{
	AUTO_BUF struct buf b = buf_growing(TEXT_BYTES_MAX);
	char *text;

	buf_fmt(&b, "--%s=%.*s", name, STR_ARG(v));
	text = b.full ? NULL : arena_copy(w->memory, buf_view(&b));
	if (text == NULL)
		return err_set(w->e, "--%s: no memory", name);
	return arguments_add(w->out, text, w->e);
}

static int put_number(
	const struct writer *w, const char *name, uint64_t v, const char *unit)
{
	char memory[32];
	struct buf b = buf_fixed(memory, sizeof(memory));

	buf_fmt(&b, "%llu%s", (unsigned long long)v, unit);
	return put_option(w, name, buf_view(&b));
}

static int put_list(
	const struct writer *w, const char *name, const struct args_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (put_option(w, name, str_of(l->item[i])) < 0)
			return -1;
	return 0;
}

static int put_value(const struct writer *w, const struct args_option *o)
{
	const char *text;

	switch (o->type) {
	case ARGS_SWITCH:
		return put_option(w, o->name,
			*(const bool *)o->value ? STR("true") : STR("false"));
	case ARGS_TEXT:
		text = *(const char *const *)o->value;
		return text != NULL ? put_option(w, o->name, str_of(text)) : 0;
	case ARGS_LIST:
		return put_list(w, o->name, o->value);
	case ARGS_NUMBER:
	case ARGS_SIZE:
		return put_number(w, o->name, *(const uint64_t *)o->value, "");
	case ARGS_TIME:
		return put_number(
			w, o->name, *(const uint64_t *)o->value, "ms");
	}
	return 0;
}

static int put_gates(const struct writer *w, const struct config_features *f)
{
	char memory[64];
	struct buf b = buf_fixed(memory, sizeof(memory));

	buf_fmt(&b, "ContainerCheckpoint=%s,PodCheckpoint=%s",
		f->has_checkpoint ? "true" : "false",
		f->has_pods ? "true" : "false");
	return put_option(w, "feature-gates", buf_view(&b));
}

int arguments_add_config(struct arguments *a, const struct config *c,
	struct arena *memory, struct err *e)
{
	const struct writer w = {a, memory, e};

	for (const struct args_option *o = config_options; o->name; o++) {
		if (strcmp(o->name, "config") == 0 ||
			strcmp(o->name, "feature-gates") == 0)
			continue;
		if (put_value(&w, o) < 0)
			return -1;
	}
	return put_gates(&w, &c->features);
}
