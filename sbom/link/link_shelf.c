/*
 * link_shelf - read an archive again, be sure that it is the one that was
 * linked, and keep its members at hand.
 *
 * Refused: an archive whose bytes have changed, a thin archive's member that
 * no event mentions.
 */
#include "sbom/link/link_shelf.h"

#include "lib/arc/sha256.h"
#include "lib/base/fd.h"
#include "sbom/link/link_input.h"
#include "sbom/link/link_object.h"

enum {
	LINK_ARCHIVE_MAX = 256 << 20,
	LINK_PATH_BYTES = 4096,
};

int link_shelf_open(const struct evidence *ev, struct evidence_made file,
	struct arena *a, struct link_shelf *out, struct err *e)
{
	char path[LINK_PATH_BYTES], hex[SHA256_HEX + 1];
	struct buf b = buf_fixed(path, sizeof(path));

	*out = (struct link_shelf){.ev = ev,
		.arena = a,
		.file = file,
		.bytes = buf_growing(LINK_ARCHIVE_MAX)};
	if (!str_has_prefix(file.path, STR("/")))
		buf_fmt(&b, "%s/", ev->root);
	buf_str(&b, file.path);
	if (file_read(buf_cstr(&b), &out->bytes, e) < 0)
		return -1;
	sha256_hex(buf_view(&out->bytes), hex);
	if (!str_is(file.sha256, hex))
		return err_kind(e, ERR_INPUT,
			"%.*s has changed since it was linked: sha256 is %s, "
			"was %.*s",
			STR_ARG(file.path), hex, STR_ARG(file.sha256));
	if (ar_read(buf_view(&out->bytes), a, &out->ar, e) < 0)
		return err_at(e, "%.*s", STR_ARG(file.path));
	out->object =
		arena_alloc(a, (out->ar.n_members + 1) * sizeof(*out->object));
	return out->object == NULL ? link_no_memory(e) : 0;
}

void link_shelf_close(struct link_shelf *s)
{
	buf_free(&s->bytes);
}

bool link_shelf_is_named(
	const struct link_shelf *s, size_t member, struct str name)
{
	struct str path = s->ar.members[member].name;

	return str_eq(path, name) ||
	       (s->ar.is_thin && link_path_ends_with(path, name));
}

/* A member of a thin archive is a file; the archive's event has its digest. */
static int link_thin_sha256(const struct link_shelf *s, struct str name,
	struct str *out, struct err *e)
{
	const struct evidence *ev = s->ev;
	const struct table_entry *t =
		table_find(&ev->by_output, s->file.sha256);

	for (; t != NULL; t = table_next(&ev->by_output, t)) {
		const struct node *n, *m;

		if (ev->events[t->value].kind != EVIDENCE_ARCHIVE)
			continue;
		if (evidence_read(ev, t->value, s->arena, &n, e) < 0)
			return -1;
		for (m = node_first(node_get(n, "members")); m; m = m->next)
			if (str_eq(node_text(node_get(m, "name")), name)) {
				*out = node_text(node_get(m, "sha256"));
				return 0;
			}
	}
	return err_kind(e, ERR_ABSENT,
		"orphan: no event shows how member %.*s came into %.*s",
		STR_ARG(name), STR_ARG(s->file.path));
}

int link_shelf_sha256(const struct link_shelf *s, size_t member,
	struct str *out, struct err *e)
{
	const struct ar_member *m = &s->ar.members[member];
	char hex[SHA256_HEX + 1];

	if (s->ar.is_thin)
		return link_thin_sha256(s, m->name, out, e);
	sha256_hex(m->data, hex);
	*out = str_of(arena_copy(s->arena, str_of(hex)));
	return out->p == NULL ? link_no_memory(e) : 0;
}

/* The path of a thin archive's member starts from the archive. */
static void link_thin_path(
	const struct link_shelf *s, struct str name, struct buf *out)
{
	struct str archive = s->file.path;

	if (!str_has_prefix(name, STR("/")))
		buf_str(out, str_sub(archive, 0,
				     archive.n - str_base_name(archive).n));
	buf_str(out, name);
}

/* Does another member share the file name? */
static bool link_shelf_has_twin(const struct link_shelf *s, size_t member)
{
	struct str name = str_base_name(s->ar.members[member].name);

	for (size_t i = 0; i < s->ar.n_members; i++)
		if (i != member &&
			str_eq(str_base_name(s->ar.members[i].name), name))
			return true;
	return false;
}

int link_shelf_sections(const struct link_shelf *s, size_t member,
	struct str sha256, struct object_sections *out, struct err *e)
{
	bool has_twin = link_shelf_has_twin(s, member);
	const struct link_files files = {
		.ev = s->ev, .arena = s->arena, .with_data = has_twin};
	const struct ar_member *m = &s->ar.members[member];
	char path[LINK_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));

	if (!s->ar.is_thin)
		return object_sections_read(
			m->data, has_twin, s->arena, out, e);
	link_thin_path(s, m->name, &b);
	return link_object_sections(&files,
		(struct evidence_made){str_of(buf_cstr(&b)), sha256}, out, e);
}
