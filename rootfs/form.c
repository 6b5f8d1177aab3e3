/*
 * form - each key of the document is looked up in the table of keys; then each
 * needed key of the table is looked up in the document.
 */
#include "rootfs/form.h"

#include "lib/base/fd.h"
#include "lib/base/yaml.h"

#include <stdarg.h>
#include <stdio.h>

#define KNOWN_BYTES 256

int form_read(const char *file, struct arena *a, const struct node **out,
	struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(FORM_FILE_BYTES);

	if (file_read(file, &text, e) < 0)
		return -1;
	if (yaml_parse(buf_view(&text), a, out, e) < 0)
		return err_at(e, "%s", file);
	return 0;
}

int form_refuse(const struct node *at, struct err *e, const char *fmt, ...)
{
	char what[ERR_TEXT_BYTES / 2];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	err_kind(e, ERR_INPUT, "%s", what);
	if (at && at->key.n)
		err_at(e, "%.*s", STR_ARG(at->key));
	if (at && at->line)
		err_at(e, "line %u", (unsigned)at->line);
	return -1;
}

static const struct form_key *key_of(
	const struct form_key *keys, struct str name)
{
	for (; keys->name; keys++)
		if (str_is(name, keys->name))
			return keys;
	return NULL;
}

static int refuse_key(
	const struct node *at, const struct form_key *keys, struct err *e)
{
	char known[KNOWN_BYTES];
	struct buf b = buf_fixed(known, sizeof(known));

	for (; keys->name; keys++)
		buf_fmt(&b, "%s%s", b.n ? ", " : "", keys->name);
	return form_refuse(at, e, "unknown key (known: %s)", buf_cstr(&b));
}

static int check_type(const struct node *at, enum node_type type, struct err *e)
{
	if (at->type == type)
		return 0;
	return form_refuse(at, e, "must be %s, is %s", node_type_name(type),
		node_type_name(at->type));
}

int form_check(
	const struct node *map, const struct form_key *keys, struct err *e)
{
	if (!map || map->type != NODE_MAP)
		return form_refuse(map, e, "must be a map, is %s",
			node_type_name(map ? map->type : NODE_NULL));
	for (const struct node *c = node_first(map); c; c = c->next) {
		const struct form_key *k = key_of(keys, c->key);

		if (!k)
			return refuse_key(c, keys, e);
		if (check_type(c, k->type, e) < 0)
			return -1;
	}
	for (; keys->name; keys++)
		if (keys->is_needed && !node_get(map, keys->name))
			return form_refuse(
				map, e, "key %s is missing", keys->name);
	return 0;
}

int form_list(const struct node *list, enum node_type type, struct err *e)
{
	for (const struct node *c = node_first(list); c; c = c->next)
		if (check_type(c, type, e) < 0)
			return err_at(e, "%.*s", STR_ARG(list->key));
	return 0;
}

int form_texts(const struct node *map, struct err *e)
{
	for (const struct node *c = node_first(map); c; c = c->next)
		if (check_type(c, NODE_TEXT, e) < 0)
			return err_at(e, "%.*s", STR_ARG(map->key));
	return 0;
}
