/*
 * evidence - look-ups in the tables that evidence_open() filled.
 *
 * Paths and digests lead to records through hash tables; of an event only its
 * place in the log is known, so the line is parsed when it is read.
 */
#include "sbom/evidence/evidence.h"

#include "lib/arc/sha256.h"
#include "lib/base/json.h"
#include "sbom/evidence/built.h"
#include "sbom/evidence/mapped.h"

#include <stdio.h>

bool evidence_is_sha256(struct str s)
{
	unsigned char digest[SHA256_BYTES];

	return s.n == SHA256_HEX && str_unhex(s, digest, sizeof(digest)) == 0;
}

int evidence_path(const struct evidence *ev, struct str room, const char *name,
	char path[EVIDENCE_PATH_BYTES], struct err *e)
{
	int n = snprintf(path, EVIDENCE_PATH_BYTES, "%.*s/%.*s%s%s",
		STR_ARG(ev->dir), STR_ARG(room), room.n > 0 ? "/" : "", name);

	if (n < 0 || n >= EVIDENCE_PATH_BYTES)
		return err_kind(e, ERR_LIMIT, "%s: path is too long", name);
	return 0;
}

struct evidence_made evidence_made(const struct node *file)
{
	return (struct evidence_made){
		.path = node_text(node_get(file, "path")),
		.sha256 = node_text(node_get(file, "sha256")),
	};
}

int evidence_read(const struct evidence *ev, uint32_t event, struct arena *a,
	const struct node **out, struct err *e)
{
	return json_parse(ev->events[event].line, a, out, e);
}

const struct evidence_file *evidence_file(const struct evidence *ev,
	enum evidence_list list, struct str path, struct str sha256)
{
	const struct table_entry *t = table_find(&ev->by_path, path);

	for (; t != NULL; t = table_next(&ev->by_path, t)) {
		const struct evidence_file *f = &ev->files[t->value];

		if (f->list == list && str_eq(f->sha256, sha256))
			return f;
	}
	return NULL;
}

const struct evidence_file *evidence_host(
	const struct evidence *ev, struct str path)
{
	const struct table_entry *t = table_find(&ev->by_path, path);

	for (; t != NULL; t = table_next(&ev->by_path, t))
		if (ev->files[t->value].list == EVIDENCE_TOOLCHAIN)
			return &ev->files[t->value];
	return NULL;
}

const struct evidence_file *evidence_copy(
	const struct evidence *ev, uint32_t room, struct str sha256)
{
	const struct table_entry *t = table_find(&ev->by_sha256, sha256);

	for (; t != NULL; t = table_next(&ev->by_sha256, t))
		if (ev->files[t->value].room == room)
			return &ev->files[t->value];
	return NULL;
}

int64_t evidence_room_of(const struct evidence *ev, struct str path)
{
	struct str name;

	if (!built_is_in(path, STR("work"), &name))
		return -1;
	name = str_sub(name, 0, str_find(name, '/'));
	for (size_t i = 0; i < ev->n_rooms; i++)
		if (str_eq(ev->rooms[i].name, name))
			return (int64_t)i;
	return -1;
}

int evidence_map(const struct evidence *ev, uint32_t room, struct str sha256,
	struct str *out, struct err *e)
{
	char path[EVIDENCE_PATH_BYTES], name[SHA256_HEX + 16],
		hex[SHA256_HEX + 1];

	if (!evidence_is_sha256(sha256))
		return err_kind(e, ERR_INPUT, "link without a map");
	snprintf(name, sizeof(name), "maps/%.*s.map", STR_ARG(sha256));
	if (evidence_path(ev, ev->rooms[room].name, name, path, e) < 0 ||
		mapped_open(path, out, e) < 0)
		return -1;
	sha256_hex(*out, hex);
	if (str_is(sha256, hex))
		return 0;
	mapped_close(*out);
	return err_kind(e, ERR_INPUT, "%s was changed: its sha256 is now %s",
		path, hex);
}
