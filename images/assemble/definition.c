/*
 * definition - a table of keys for each kind of map, then the rules that a
 * type can't express.
 *
 * The user is a pair of numbers, never a name: a kubelet cannot check
 * runAsNonRoot against a name.
 */
#include "images/assemble/definition.h"

#include "lib/base/fd.h"
#include "lib/base/yaml.h"
#include "rootfs/form.h"

#include <string.h>

#define ID_MAX 4294967294 /* (uid_t)-1 means "no change" to the kernel */

static const struct form_key top_keys[] = {
	{"name", NODE_TEXT, true},
	{"title", NODE_TEXT, true},
	{"description", NODE_TEXT, true},
	{"user", NODE_TEXT, true},
	{"workdir", NODE_TEXT, false},
	{"entrypoint", NODE_LIST, false},
	{"cmd", NODE_LIST, false},
	{"env", NODE_MAP, false},
	{"labels", NODE_MAP, false},
	{"skel", NODE_LIST, false},
	{"pick", NODE_LIST, false},
	{"programs", NODE_LIST, false},
	{"links", NODE_LIST, false},
	{"directories", NODE_LIST, false},
	{NULL, NODE_NULL, false},
};

static const struct form_key program_keys[] = {
	{"name", NODE_TEXT, true},
	{"to", NODE_TEXT, true},
	{NULL, NODE_NULL, false},
};

static const struct form_key link_keys[] = {
	{"path", NODE_TEXT, true},
	{"to", NODE_TEXT, true},
	{NULL, NODE_NULL, false},
};

static const struct form_key directory_keys[] = {
	{"path", NODE_TEXT, true},
	{"mode", NODE_TEXT, false},
	{"owner", NODE_TEXT, false},
	{NULL, NODE_NULL, false},
};

int definition_mode(
	const struct node *n, uint32_t otherwise, uint32_t *mode, struct err *e)
{
	struct str s = node_text(n);

	*mode = n ? 0 : otherwise;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '7' || s.n > 4)
			s.n = 0;
		else
			*mode = *mode * 8 + (uint32_t)(s.p[i] - '0');
	}
	if (n && !s.n)
		return form_refuse(n, e,
			"must be octal digits in quotes, "
			"as \"1777\"");
	return 0;
}

static int parse_owner(struct str s, uint32_t *uid, uint32_t *gid)
{
	struct str user;
	uint64_t u, g;

	if (!str_cut(&s, ':', &user) || str_u64(user, 0, ID_MAX, &u) < 0 ||
		str_u64(s, 0, ID_MAX, &g) < 0)
		return -1;
	*uid = (uint32_t)u;
	*gid = (uint32_t)g;
	return 0;
}

int definition_owner(
	const struct node *n, uint32_t *uid, uint32_t *gid, struct err *e)
{
	*uid = 0;
	*gid = 0;
	if (n && parse_owner(node_text(n), uid, gid) < 0)
		return form_refuse(n, e,
			"must be UID:GID as numbers, "
			"in quotes");
	return 0;
}

/* "checkpoint-agent" from "images/checkpoint-agent.yaml". */
static struct str name_of_file(const char *file)
{
	struct str s = str_base_name(str_of(file));

	if (str_has_suffix(s, STR(".yaml")))
		s.n -= strlen(".yaml");
	return s;
}

/* Valid as the name of an image, of a file and of a tag. */
static bool is_image_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool is_plain = (s.p[i] >= 'a' && s.p[i] <= 'z') ||
				(s.p[i] >= '0' && s.p[i] <= '9');
		bool is_dash = s.p[i] == '-' && i > 0 && i < s.n - 1;

		if (!is_plain && !is_dash)
			return false;
	}
	return s.n > 0 && s.n < 64;
}

static int definition_check_name(
	const struct node *doc, const char *file, struct err *e)
{
	const struct node *n = node_get(doc, "name");

	if (!is_image_name(node_text(n)))
		return form_refuse(n, e,
			"must be lower-case letters, digits "
			"and '-'");
	if (!str_eq(node_text(n), name_of_file(file)))
		return form_refuse(n, e, "must be the name of the file");
	return 0;
}

static int definition_check_items(
	const struct node *list, const struct form_key *keys, struct err *e)
{
	for (const struct node *c = node_first(list); c; c = c->next)
		if (form_check(c, keys, e) < 0)
			return err_at(e, "%.*s", STR_ARG(list->key));
	return 0;
}

static int definition_check_lists(const struct node *doc, struct err *e)
{
	static const char *const texts[] = {
		"entrypoint", "cmd", "skel", "pick"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (form_list(node_get(doc, texts[i]), NODE_TEXT, e) < 0)
			return -1;
	if (form_texts(node_get(doc, "env"), e) < 0 ||
		form_texts(node_get(doc, "labels"), e) < 0 ||
		definition_check_items(
			node_get(doc, "programs"), program_keys, e) < 0 ||
		definition_check_items(node_get(doc, "links"), link_keys, e) <
			0)
		return -1;
	return definition_check_items(
		node_get(doc, "directories"), directory_keys, e);
}

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return true;
	return false;
}

/* POSIX XBD 8.1 allows more; this is what every shell and runtime takes. */
static bool is_env_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool is_letter = (s.p[i] >= 'a' && s.p[i] <= 'z') ||
				 (s.p[i] >= 'A' && s.p[i] <= 'Z') ||
				 s.p[i] == '_';
		bool is_digit = s.p[i] >= '0' && s.p[i] <= '9';

		if (!is_letter && !(is_digit && i > 0))
			return false;
	}
	return s.n > 0;
}

/* Texts are in lists and maps of the definition, or one level below. */
static int definition_check_texts(const struct node *map, struct err *e)
{
	for (const struct node *c = node_first(map); c; c = c->next) {
		if (has_control(node_text(c)) || has_control(c->key))
			return form_refuse(
				c, e, "has a control character in it");
	}
	return 0;
}

static int definition_check_all_texts(const struct node *doc, struct err *e)
{
	if (definition_check_texts(doc, e) < 0)
		return -1;
	for (const struct node *c = node_first(doc); c; c = c->next) {
		if (definition_check_texts(c, e) < 0)
			return err_at(e, "%.*s", STR_ARG(c->key));
		for (const struct node *x = node_first(c); x; x = x->next)
			if (definition_check_texts(x, e) < 0)
				return err_at(e, "%.*s", STR_ARG(c->key));
	}
	return 0;
}

static int definition_check_run(const struct node *doc, struct err *e)
{
	const struct node *env = node_get(doc, "env");
	const struct node *workdir = node_get(doc, "workdir");

	for (const struct node *c = node_first(env); c; c = c->next)
		if (!is_env_name(c->key)) {
			form_refuse(c, e,
				"must be letters, digits and '_', and not "
				"begin with a digit");
			return err_at(e, "env");
		}
	if (workdir && !str_has_prefix(node_text(workdir), STR("/")))
		return form_refuse(workdir, e, "must be an absolute path");
	return 0;
}

static int definition_check(
	const struct node *doc, const char *file, struct err *e)
{
	uint32_t uid, gid;

	if (form_check(doc, top_keys, e) < 0 ||
		definition_check_name(doc, file, e) < 0 ||
		definition_check_lists(doc, e) < 0 ||
		definition_check_all_texts(doc, e) < 0 ||
		definition_check_run(doc, e) < 0)
		return -1;
	return definition_owner(node_get(doc, "user"), &uid, &gid, e);
}

static void definition_fill(struct definition *d, const struct node *doc)
{
	d->name = node_text(node_get(doc, "name"));
	d->title = node_text(node_get(doc, "title"));
	d->description = node_text(node_get(doc, "description"));
	d->user = node_text(node_get(doc, "user"));
	d->workdir = node_text(node_get(doc, "workdir"));
	d->entrypoint = node_get(doc, "entrypoint");
	d->cmd = node_get(doc, "cmd");
	d->env = node_get(doc, "env");
	d->labels = node_get(doc, "labels");
	d->skel = node_get(doc, "skel");
	d->pick = node_get(doc, "pick");
	d->programs = node_get(doc, "programs");
	d->links = node_get(doc, "links");
	d->directories = node_get(doc, "directories");
}

int definition_parse(
	struct str text, const char *file, struct definition *d, struct err *e)
{
	const struct node *doc;

	*d = (struct definition){
		.arena = arena_make(DEFINITION_BYTES), .file = file};
	if (yaml_parse(text, &d->arena, &doc, e) < 0 ||
		definition_check(doc, file, e) < 0)
		return err_at(e, "%s", file);
	definition_fill(d, doc);
	return 0;
}

int definition_read(const char *file, struct definition *d, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(FORM_FILE_BYTES);

	*d = (struct definition){0};
	if (file_read(file, &text, e) < 0)
		return -1;
	return definition_parse(buf_view(&text), file, d, e);
}

void definition_free(struct definition *d)
{
	arena_free(&d->arena);
}
