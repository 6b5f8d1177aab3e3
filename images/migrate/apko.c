/*
 * apko - key by key in the order of our definitions; what is written is then
 * checked as a definition is.
 */
#include "images/migrate/apko.h"

#include "images/assemble/definition_keys.h"
#include "images/assemble/definition_rules.h"
#include "images/migrate/apko_accounts.h"
#include "images/migrate/apko_paths.h"
#include "lib/arc/oci.h"
#include "lib/base/whole.h"
#include "lib/base/yaml.h"
#include "rootfs/form.h"

#define OCI_TITLE       OCI_KEY("title")
#define OCI_DESCRIPTION OCI_KEY("description")

/* Of the keys that have no place in a definition: where it goes instead. */
static const struct apko_elsewhere {
	const char *in, *key, *instead;
} apko_elsewhere[] = {
	{"contents", "repositories",
		"sources are pinned in the lock: keelson add-source"},
	{"contents", "build_repositories",
		"sources are pinned in the lock: keelson add-source"},
	{"contents", "runtime_repositories", "images have no package manager"},
	{"contents", "keyring", "suites are checked with Debian's keyring"},
	{"contents", "baseimage", "images have no base image"},
	{"entrypoint", "shell-fragment",
		"images have no shell: write it as a program"},
	{"entrypoint", "type",
		"images have no supervisor: one image a service"},
	{"entrypoint", "services",
		"images have no supervisor: one image a service"},
	{NULL, "vcs-url", "say it in keelson.yaml, as `source`"},
	{NULL, "include", "import that file, too, and name it in `include`"},
	{NULL, "layering", "all files are one layer"},
};

static void apko_note_elsewhere(struct apko *a)
{
	const size_t n = sizeof(apko_elsewhere) / sizeof(*apko_elsewhere);

	for (size_t i = 0; i < n; i++) {
		const struct apko_elsewhere *x = &apko_elsewhere[i];
		const struct node *of =
			x->in ? node_get(a->doc, x->in) : a->doc;
		const struct node *found = node_get(of, x->key);

		if (found != NULL)
			apko_note(a, found, "%s%s%s: does not map: %s",
				x->in ? x->in : "", x->in ? "." : "", x->key,
				x->instead);
	}
}

static void apko_note_unknown(struct apko *a)
{
	static const char *const top[] = {"contents", "entrypoint", "cmd",
		"stop-signal", "work-dir", "accounts", "archs", "environment",
		"paths", "vcs-url", "annotations", "include", "volumes",
		"layering", NULL};
	static const char *const contents[] = {"repositories",
		"build_repositories", "runtime_repositories", "keyring",
		"packages", "baseimage", NULL};
	static const char *const entry[] = {
		"type", "command", "shell-fragment", "services", NULL};

	apko_note_others(a, a->doc, "", top);
	apko_note_others(
		a, node_get(a->doc, "contents"), "contents.", contents);
	apko_note_others(
		a, node_get(a->doc, "entrypoint"), "entrypoint.", entry);
}

/* ---- packages ---- */

/* Files that are no programs, which picks take from packages of Debian. */
static const struct apko_pick {
	const char *package, *pick;
} apko_picks[] = {
	{"ca-certificates-bundle", "ca-certificates"},
	{"ca-certificates", "ca-certificates"},
	{"tzdata", "tzdata"},
};

static const char *apko_pick_of(struct str package)
{
	for (size_t i = 0; i < sizeof(apko_picks) / sizeof(*apko_picks); i++)
		if (str_is(package, apko_picks[i].package))
			return apko_picks[i].pick;
	return NULL;
}

/* The name without "=1.2", "~1.2", "@edge" and the like. */
static struct str apko_package_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '=' || s.p[i] == '~' || s.p[i] == '<' ||
			s.p[i] == '>' || s.p[i] == '@')
			return str_sub(s, 0, i);
	return s;
}

static bool apko_is_first_pick(const struct apko *a, const struct node *p)
{
	const struct node *list = p, *all;
	const char *pick = apko_pick_of(apko_package_name(apko_text(a, p)));

	all = node_first(node_path(a->doc, "contents", "packages", NULL));
	for (const struct node *c = all; c != list; c = c->next)
		if (apko_pick_of(apko_package_name(apko_text(a, c))) == pick)
			return false;
	return true;
}

static void apko_packages(struct apko *a)
{
	const struct node *packages =
		node_path(a->doc, "contents", "packages", NULL);
	bool has_pick = false;

	for (const struct node *p = node_first(packages); p; p = p->next) {
		struct str name = apko_package_name(apko_text(a, p));
		const char *pick = apko_pick_of(name);

		if (pick == NULL)
			apko_note(a, p,
				"contents.packages: %.*s: does not map: build "
				"it from a source (keelson add-source) and "
				"name its program in `programs`",
				STR_ARG(name));
		else if (apko_is_first_pick(a, p))
			buf_fmt(a->out, "%s  - %s\n", has_pick ? "" : "pick:\n",
				pick);
		has_pick = has_pick || pick != NULL;
	}
}

/* ---- lists and maps of texts ---- */

static const char *apko_arch(struct str s)
{
	if (str_is(s, "x86_64") || str_is(s, "amd64"))
		return "amd64";
	if (str_is(s, "aarch64") || str_is(s, "arm64"))
		return "arm64";
	return str_is(s, "riscv64") ? "riscv64" : NULL;
}

static void apko_archs(struct apko *a)
{
	const struct node *archs = node_get(a->doc, "archs");
	bool is_first = true;

	for (const struct node *c = node_first(archs); c; c = c->next) {
		const char *arch = apko_arch(apko_text(a, c));

		if (arch == NULL || !rule_arch.is_valid(str_of(arch))) {
			apko_note(a, c, "archs: %.*s: does not map",
				STR_ARG(apko_text(a, c)));
			continue;
		}
		buf_fmt(a->out, "%s%s", is_first ? "archs: [" : ", ", arch);
		is_first = false;
	}
	buf_text(a->out, is_first ? "" : "]\n");
}

static void apko_map(struct apko *a, const char *key, const struct node *map)
{
	bool is_first = true;

	for (const struct node *c = node_first(map); c; c = c->next) {
		if (str_is(c->key, OCI_TITLE) ||
			str_is(c->key, OCI_DESCRIPTION))
			continue;
		if (is_first)
			buf_fmt(a->out, "%s:\n", key);
		is_first = false;
		buf_text(a->out, "  ");
		apko_quote(a, c->key);
		buf_text(a->out, ": ");
		apko_quote(a, apko_text(a, c));
		buf_byte(a->out, '\n');
	}
}

static void apko_volumes(struct apko *a)
{
	const struct node *volumes = node_get(a->doc, "volumes");

	if (node_first(volumes) != NULL)
		buf_text(a->out, "volumes:\n");
	for (const struct node *c = node_first(volumes); c; c = c->next) {
		buf_text(a->out, "  - ");
		apko_quote(a, apko_text(a, c));
		buf_byte(a->out, '\n');
	}
}

/* ---- the whole ---- */

static void apko_head(struct apko *a)
{
	const struct apko_request *r = a->request;
	const struct node *notes = node_get(a->doc, "annotations");
	const struct node *title = node_get(notes, OCI_TITLE);
	const struct node *text = node_get(notes, OCI_DESCRIPTION);

	buf_fmt(a->out, "name: %.*s\ntitle: ", STR_ARG(r->name));
	apko_quote(a, title ? apko_text(a, title) : r->name);
	buf_text(a->out, "\ndescription: ");
	apko_quote(a, text ? apko_text(a, text) : STR("imported from apko"));
	buf_byte(a->out, '\n');
}

static void apko_write(struct apko *a)
{
	const struct node *doc = a->doc;

	apko_head(a);
	apko_archs(a);
	apko_accounts(a);
	apko_put(a, "workdir", node_get(doc, "work-dir"));
	apko_put_words(
		a, "entrypoint", node_path(doc, "entrypoint", "command", NULL));
	apko_put_words(a, "cmd", node_get(doc, "cmd"));
	apko_put(a, "stop-signal", node_get(doc, "stop-signal"));
	apko_map(a, "env", node_get(doc, "environment"));
	apko_volumes(a);
	apko_map(a, "annotations", node_get(doc, "annotations"));
	apko_packages(a);
	apko_paths(a);
	apko_note_elsewhere(a);
	apko_note_unknown(a);
}

/* A definition by its form; that files are there is seen when it is built. */
static int apko_check(const struct apko *a, struct err *e)
{
	const struct node *doc;

	if (whole_check(a->out, "the definition", e) < 0 ||
		whole_check(a->unmapped, "the list of keys", e) < 0)
		return -1;
	if (yaml_parse(buf_view(a->out), a->request->arena, &doc, e) < 0 ||
		form_check(doc, definition_keys, e) < 0)
		return err_at(e, "%s: what comes of it is no definition",
			a->request->file);
	return 0;
}

int apko_import(const struct apko_request *r, struct buf *out,
	struct buf *unmapped, struct err *e)
{
	struct apko a = {.request = r, .out = out, .unmapped = unmapped};

	if (apko_cut_lines(&a, e) < 0 ||
		yaml_parse(r->text, r->arena, &a.doc, e) < 0)
		return err_at(e, "%s", r->file);
	if (a.doc == NULL || a.doc->type != NODE_MAP)
		return err_kind(e, ERR_INPUT, "%s: is no map", r->file);
	apko_write(&a);
	return apko_check(&a, e);
}
