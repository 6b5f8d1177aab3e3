/*
 * project - a table of keys, each with the place where its text goes; then what
 * follows from those that were left out.
 *
 * Texts get into file names, SPDX documents and os-release(5), so each has the
 * characters that all of them take.
 */
#include "images/project/project.h"

#include "lib/base/fd.h"
#include "lib/base/yaml.h"
#include "rootfs/form.h"
#include "rootfs/tree.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define PROJECT_PATH_BYTES 4096
#define PROJECT_NAME_BYTES 64
#define PROJECT_TAG_BYTES  128 /* distribution-spec, "Pulling manifests" */

#define ORGANIZATION "Organization: "
#define PERSON       "Person: "

static bool is_lower_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* Valid as ID of os-release(5), in a purl and in the name of an image. */
static bool is_project_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool is_dash = s.p[i] == '-' && i > 0 && i < s.n - 1;

		if (!is_lower_or_digit(s.p[i]) && !is_dash)
			return false;
	}
	return s.n > 0 && s.n < PROJECT_NAME_BYTES;
}

/* What image-spec annotations.md (ref.name) and docker accept as a tag. */
static bool is_version(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool is_word = is_lower_or_digit(c) || c == '_' ||
			       (c >= 'A' && c <= 'Z');

		if (!is_word && (i == 0 || (c != '.' && c != '-')))
			return false;
	}
	return s.n > 0 && s.n <= PROJECT_TAG_BYTES;
}

/* An expression of SPDX 2.3 annex D, by its characters. */
static bool is_licence(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool is_word = is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');

		if (!is_word && (c == '\0' || !strchr(".-+() ", c)))
			return false;
	}
	return s.n > 0;
}

/* Without what would end a line or a quoted text. */
static bool is_title(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < ' ' || c == 0x7f || strchr("\"$`\\", (char)c))
			return false;
	}
	return s.n > 0;
}

/* A path below the project: "a/b", without "." and "..". */
static bool is_path(struct str s)
{
	char absolute[PROJECT_PATH_BYTES];
	struct buf b = buf_fixed(absolute, sizeof(absolute));

	buf_byte(&b, '/');
	buf_str(&b, s);
	return !b.full && tree_is_plain(buf_view(&b));
}

static const struct form_rule name_rule = {
	.pattern = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
	.is_valid = is_project_name,
	.must = "must be lower-case letters, digits and '-'",
};
static const struct form_rule version_rule = {
	.pattern = "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$",
	.is_valid = is_version,
	.must = "must be letters, digits, '.', '-' and '_', as a tag",
};
static const struct form_rule licence_rule = {
	.pattern = "^[A-Za-z0-9.+() -]+$",
	.is_valid = is_licence,
	.must = "must be an SPDX expression",
};
static const struct form_rule title_rule = {
	.pattern = "^[^\\x00-\\x1f\\x7f\"$`\\\\]+$",
	.is_valid = is_title,
	.must = "has a character that it must not have",
};
/* Plain, and what a browser or a mail program takes. */
static bool is_address(struct str s)
{
	bool is_mail = str_find(s, '@') < s.n;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || strchr("\"\\<>", s.p[i]))
			return false;
	return is_mail || str_has_prefix(s, STR("https://"));
}

static const struct form_rule address_rule = {
	.pattern = "^(https://|[^ ]+@)[^ \"\\\\<>]+$",
	.is_valid = is_address,
	.must = "must be an e-mail address or begin with https://",
};
/* One line, whatever a shell understands. */
static bool is_command(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return false;
	return s.n > 0;
}

static const struct form_rule command_rule = {
	.pattern = "^[^\\x00-\\x1f\\x7f]+$",
	.is_valid = is_command,
	.must = "must be one line for a shell",
};
static const struct form_rule path_rule = {
	.pattern = "^[^/]+(/[^/]+)*$",
	.is_valid = is_path,
	.must = "must be a path below the project, without '.' and '..'",
};

#define PROJECT_PATH(key, text)                                                \
	{                                                                      \
		.name = (key), .type = NODE_TEXT, .rule = &path_rule,          \
		.help = (text)                                                 \
	}

static const struct form_key path_keys[] = {
	PROJECT_PATH("images", "definitions"),
	PROJECT_PATH("skel", "skeleton files"),
	PROJECT_PATH("picks", "lists of what is taken from packages"),
	PROJECT_PATH("packages", "unpacked packages"),
	PROJECT_PATH("programs", "programs"),
	PROJECT_PATH("lock", "pinned sources"),
	PROJECT_PATH("evidence", "what the recorder wrote"),
	PROJECT_PATH("out", "images"),
	{.name = NULL},
};

static const struct form_key arch_path_keys[] = {
	PROJECT_PATH("programs", "programs"),
	PROJECT_PATH("evidence", "what the recorder wrote"),
	PROJECT_PATH("out", "images"),
	{.name = NULL},
};

#define PROJECT_ARCH(key)                                                      \
	{                                                                      \
		.name = (key), .type = NODE_MAP, .keys = arch_path_keys,       \
		.help = "paths of what is built for it"                        \
	}

static const struct form_key arch_keys[] = {
	PROJECT_ARCH("amd64"),
	PROJECT_ARCH("arm64"),
	PROJECT_ARCH("riscv64"),
	{.name = NULL},
};

const struct form_key project_keys[] = {
	{.name = "name",
		.type = NODE_TEXT,
		.is_needed = true,
		.rule = &name_rule,
		.help = "the project's name in packages and in os-release"},
	{.name = "version",
		.type = NODE_TEXT,
		.is_needed = true,
		.rule = &version_rule,
		.help = "version of the project and tag of its images"},
	{.name = "supplier",
		.type = NODE_TEXT,
		.is_needed = true,
		.rule = &title_rule,
		.help = "who ships the images: NAME, Organization: NAME or "
			"Person: NAME"},
	{.name = "licence",
		.type = NODE_TEXT,
		.is_needed = true,
		.rule = &licence_rule,
		.help = "SPDX expression for the project's own files"},
	{.name = "title",
		.type = NODE_TEXT,
		.rule = &title_rule,
		.help = "the project's name for people"},
	{.name = "creator",
		.type = NODE_TEXT,
		.rule = &title_rule,
		.help = "who makes the documents; default: the supplier"},
	{.name = "url",
		.type = NODE_TEXT,
		.rule = &title_rule,
		.help = "the project's page"},
	{.name = "email",
		.type = NODE_TEXT,
		.rule = &address_rule,
		.help = "where who makes the documents is reached"},
	{.name = "source",
		.type = NODE_TEXT,
		.rule = &address_rule,
		.help = "URL of the project's repository"},
	{.name = "revision",
		.type = NODE_TEXT,
		.rule = &title_rule,
		.help = "commit of the source that is built"},
	{.name = "security",
		.type = NODE_TEXT,
		.rule = &address_rule,
		.help = "URL of the project's security.txt"},
	{.name = "registry",
		.type = NODE_TEXT,
		.rule = &title_rule,
		.help = "prefix of an image's name after podman load"},
	{.name = "build",
		.type = NODE_TEXT,
		.rule = &command_rule,
		.help = "the command that builds the images"},
	{.name = "fetched",
		.type = NODE_LIST,
		.rule = &path_rule,
		.help = "what the build needs and git ignores"},
	{.name = "paths",
		.type = NODE_MAP,
		.keys = path_keys,
		.help = "where the parts of the project lie"},
	{.name = "archs",
		.type = NODE_MAP,
		.keys = arch_keys,
		.help = "paths that differ for a processor"},
	{.name = NULL},
};

/* ---- filling ---------------------------------------------------------- */

/* "Keelson" becomes "Organization: Keelson"; views into the arena. */
static int fill_party(
	struct project *p, struct str name, struct str *out, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(PROJECT_BYTES);

	if (!str_has_prefix(name, STR(ORGANIZATION)) &&
		!str_has_prefix(name, STR(PERSON)))
		buf_text(&b, ORGANIZATION);
	buf_str(&b, name);
	*out = (struct str){arena_copy(&p->arena, buf_view(&b)), b.n};
	if (b.full || !out->p)
		return err_kind(e, ERR_LIMIT, "out of memory");
	return 0;
}

static const char *text_or(
	const struct node *map, const char *key, const char *otherwise)
{
	const struct node *n = node_get(map, key);

	return n ? node_text(n).p : otherwise;
}

static void fill_paths(struct project_paths *at, const struct node *paths)
{
	at->images = text_or(paths, "images", "images");
	at->skel = text_or(paths, "skel", "skel");
	at->picks = text_or(paths, "picks", "picks");
	at->packages = text_or(paths, "packages", "build/packages");
	at->programs = text_or(paths, "programs", "build/bin");
	at->lock = text_or(paths, "lock", "sources.lock");
	at->evidence = text_or(paths, "evidence", ".keelson");
	at->out = text_or(paths, "out", "dist");
}

void project_select(struct project *p, struct str arch)
{
	for (const struct node *n = node_first(p->archs); n; n = n->next) {
		if (!str_eq(n->key, arch))
			continue;
		p->at.programs = text_or(n, "programs", p->at.programs);
		p->at.evidence = text_or(n, "evidence", p->at.evidence);
		p->at.out = text_or(n, "out", p->at.out);
	}
}

static int fill_registry(
	struct project *p, const struct node *doc, struct err *e)
{
	char text[PROJECT_NAME_BYTES + sizeof("localhost/")];
	struct buf b = buf_fixed(text, sizeof(text));

	p->registry = text_or(doc, "registry", NULL);
	if (p->registry)
		return 0;
	buf_fmt(&b, "localhost/%.*s", STR_ARG(p->is.name));
	p->registry = arena_copy(&p->arena, buf_view(&b));
	return p->registry ? 0 : err_kind(e, ERR_LIMIT, "out of memory");
}

static int fill(struct project *p, const struct node *doc, struct err *e)
{
	struct str supplier = node_text(node_get(doc, "supplier"));
	struct str creator = node_text(node_get(doc, "creator"));

	p->is.name = node_text(node_get(doc, "name"));
	p->is.title = node_text(node_get(doc, "title"));
	p->is.version = node_text(node_get(doc, "version"));
	p->is.licence = node_text(node_get(doc, "licence"));
	p->is.url = node_text(node_get(doc, "url"));
	p->is.email = node_text(node_get(doc, "email"));
	p->is.source = node_text(node_get(doc, "source"));
	p->is.revision = node_text(node_get(doc, "revision"));
	p->is.security = node_text(node_get(doc, "security"));
	if (!p->is.title.n)
		p->is.title = p->is.name;
	p->build = text_or(doc, "build", NULL);
	p->fetched = node_get(doc, "fetched");
	fill_paths(&p->at, node_get(doc, "paths"));
	p->archs = node_get(doc, "archs");
	if (fill_party(p, supplier, &p->is.supplier, e) < 0 ||
		fill_party(p, creator.n ? creator : supplier, &p->is.creator,
			e) < 0)
		return -1;
	p->vendor = p->is.supplier;
	p->vendor =
		str_sub(p->vendor, str_find(p->vendor, ':') + 2, p->vendor.n);
	if (!p->vendor.n)
		return form_refuse(
			node_get(doc, "supplier"), e, "must have a name");
	return fill_registry(p, doc, e);
}

int project_parse(
	struct str text, const char *file, struct project *out, struct err *e)
{
	const struct node *doc;

	*out = (struct project){.arena = arena_make(PROJECT_BYTES)};
	if (yaml_parse(text, &out->arena, &doc, e) < 0 ||
		form_check(doc, project_keys, e) < 0 || fill(out, doc, e) < 0)
		return err_at(e, "%s", file);
	return 0;
}

int project_read(const char *dir, struct project *out, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(FORM_FILE_BYTES);
	char path[PROJECT_PATH_BYTES];
	struct buf b = buf_fixed(path, sizeof(path));

	*out = (struct project){0};
	if (str_is(str_of(dir), "."))
		buf_text(&b, PROJECT_FILE);
	else
		buf_fmt(&b, "%s/" PROJECT_FILE, dir);
	if (access(buf_cstr(&b), F_OK) < 0)
		return err_kind(e, ERR_ABSENT,
			"%s: no such file: not a project; `keelson init DIR` "
			"makes one",
			path);
	if (file_read(path, &text, e) < 0)
		return -1;
	return project_parse(buf_view(&text), path, out, e);
}

void project_free(struct project *p)
{
	arena_free(&p->arena);
}
