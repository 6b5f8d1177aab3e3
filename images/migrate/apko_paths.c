/*
 * apko_paths - apko has one list of changes, ours has one for each kind of
 * entry.
 */
#include "images/migrate/apko_paths.h"

/* What becomes of a type, and with which of apko's keys. */
static const struct apko_kind {
	const char *type, *key;
	bool has_source, has_owner, is_empty, is_recursive;
} apko_kinds[] = {
	{"directory", "directories", .has_owner = true},
	{"empty-file", "files", .has_owner = true, .is_empty = true},
	{"symlink", "links", .has_source = true},
	{"hardlink", "hard-links", .has_source = true},
	{"permissions", "permissions", .has_owner = true, .is_recursive = true},
};

#define APKO_KINDS (sizeof(apko_kinds) / sizeof(*apko_kinds))

/* Go's YAML reads "0755" and "0o755" as octal; else the number is decimal. */
static void apko_put_mode(struct apko *a, const struct node *mode)
{
	struct str raw = apko_text(a, mode);
	uint64_t value;

	if (raw.n == 0)
		return;
	buf_text(a->out, ", mode: ");
	if (str_has_prefix(raw, STR("0o")))
		buf_fmt(a->out, "\"%.*s\"", (int)raw.n - 2, raw.p + 2);
	else if (raw.p[0] != '0' && str_u64(raw, 0, 07777, &value) == 0)
		buf_fmt(a->out, "\"%llo\"", (unsigned long long)value);
	else
		apko_quote(a, raw);
}

static void apko_put_owner(struct apko *a, const struct node *p)
{
	struct str uid = apko_text(a, node_get(p, "uid"));
	struct str gid = apko_text(a, node_get(p, "gid"));

	if (uid.n == 0 && gid.n == 0)
		return;
	if (uid.n == 0)
		uid = STR("0");
	if (gid.n == 0)
		gid = STR("0");
	buf_fmt(a->out, ", owner: \"%.*s:%.*s\"", STR_ARG(uid), STR_ARG(gid));
}

static void apko_put_path(
	struct apko *a, const struct node *p, const struct apko_kind *k)
{
	const struct node *recursive = node_get(p, "recursive");

	buf_text(a->out, "  - {path: ");
	apko_quote(a, apko_text(a, node_get(p, "path")));
	if (k->has_source) {
		buf_text(a->out, ", to: ");
		apko_quote(a, apko_text(a, node_get(p, "source")));
	}
	if (k->is_empty)
		buf_text(a->out, ", empty: true");
	if (k->has_owner) {
		apko_put_mode(a, node_get(p, "permissions"));
		apko_put_owner(a, p);
	}
	if (k->is_recursive && node_truth(recursive, false))
		buf_text(a->out, ", recursive: true");
	buf_text(a->out, "}\n");
}

/* Keys that say nothing for an entry of this type. */
static void apko_note_path(
	struct apko *a, const struct node *p, const struct apko_kind *k)
{
	static const char *const known[] = {"path", "type", "uid", "gid",
		"permissions", "source", "recursive", NULL};
	const struct node *recursive = node_get(p, "recursive");

	apko_note_others(a, p, "paths: ", known);
	if (!k->is_recursive && node_truth(recursive, false))
		apko_note(a, recursive,
			"paths: recursive: of a %s it does not map; add a "
			"`permissions` entry",
			k->type);
	if (k->has_source && node_get(p, "permissions") != NULL)
		apko_note(a, node_get(p, "permissions"),
			"paths: permissions: a %s has none of its own",
			k->type);
}

static void apko_paths_of(struct apko *a, const struct apko_kind *k)
{
	const struct node *paths = node_get(a->doc, "paths");
	bool is_first = true;

	for (const struct node *p = node_first(paths); p; p = p->next) {
		if (!str_is(apko_text(a, node_get(p, "type")), k->type))
			continue;
		if (is_first)
			buf_fmt(a->out, "%s:\n", k->key);
		is_first = false;
		apko_note_path(a, p, k);
		apko_put_path(a, p, k);
	}
}

static bool apko_knows_type(struct str type)
{
	for (size_t i = 0; i < APKO_KINDS; i++)
		if (str_is(type, apko_kinds[i].type))
			return true;
	return false;
}

void apko_paths(struct apko *a)
{
	const struct node *paths = node_get(a->doc, "paths");

	for (size_t i = 0; i < APKO_KINDS; i++)
		apko_paths_of(a, &apko_kinds[i]);
	for (const struct node *p = node_first(paths); p; p = p->next) {
		struct str type = apko_text(a, node_get(p, "type"));

		if (!apko_knows_type(type))
			apko_note(a, p, "paths: type %.*s: does not map",
				STR_ARG(type));
	}
}
