/*
 * definition_load - files are read in the order in which they count, what is
 * included before what includes it, by a stack of open ones.  Then, with all
 * variables known, each text gets its values, is parsed and checked by itself,
 * so that messages have its name and lines.
 *
 * A value has no character by which YAML could take it for anything but text.
 */
#include "images/assemble/definition_load.h"

#include "images/assemble/definition_keys.h"
#include "images/assemble/definition_merge.h"
#include "images/assemble/definition_rules.h"
#include "lib/base/fd.h"
#include "lib/base/yaml.h"
#include "rootfs/form.h"

#include <string.h>

#define VAR_BEGIN "${{"
#define VAR_END   "}}"

struct var {
	struct str name; /* "vars.PORT" */
	struct str value;
};

struct load {
	struct arena *arena;
	struct definition_set *to;
	struct var vars[LOAD_VARS_MAX];
	size_t n_vars;
};

/* A file that is being read, with those of its includes still to come. */
struct open_file {
	struct definition_file file;
	const struct node *next; /* of `include` */
};

/* ---- files -------------------------------------------------------------- */

/* Of a text whose variables have no values yet: what it includes, its vars. */
static int open_text(struct load *l, struct open_file *o, struct err *e)
{
	const struct node *include;

	if (yaml_parse(o->file.text, l->arena, &o->file.doc, e) < 0)
		return err_at(e, "%s", o->file.name);
	include = node_get(o->file.doc, "include");
	if (include && include->type != NODE_LIST)
		include = NULL; /* refused when it is checked */
	o->next = node_first(include);
	return 0;
}

/* "images/base.yaml" for "base.yaml" in "images/it.yaml". */
static const char *beside(
	struct load *l, const char *file, struct str name, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(FORM_FILE_BYTES);
	struct str base = str_base_name(str_of(file));
	const char *path;

	buf_put(&b, file, strlen(file) - base.n);
	buf_str(&b, name);
	path = arena_copy(l->arena, buf_view(&b));
	if (!path || b.full)
		err_kind(e, ERR_LIMIT, "out of memory");
	return b.full ? NULL : path;
}

static bool is_open(const struct open_file *stack, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(stack[i].file.name, name) == 0)
			return true;
	return false;
}

/* Read one of the includes of the innermost open file. */
static int open_include(struct load *l, struct open_file *stack, size_t *n,
	const struct node *at, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(FORM_FILE_BYTES);
	const char *by = stack[*n - 1].file.name, *name;

	if (!rule_below.is_valid(node_text(at)))
		form_refuse(at, e, "%s", rule_below.must);
	else if (!(name = beside(l, by, node_text(at), e)))
		return -1;
	else if (is_open(stack, *n, name))
		form_refuse(at, e, "%s includes itself", name);
	else if (*n + l->to->n >= LOAD_FILES_MAX)
		form_refuse(at, e, "more than %d files", LOAD_FILES_MAX);
	else if (file_read(name, &text, e) == 0) {
		stack[*n] = (struct open_file){.file = {.name = name}};
		stack[*n].file.text = (struct str){
			arena_copy(l->arena, buf_view(&text)), text.n};
		if (!stack[*n].file.text.p)
			return err_kind(e, ERR_LIMIT, "out of memory");
		return open_text(l, &stack[(*n)++], e);
	}
	err_at(e, "include");
	return err_at(e, "%s: line %u", by, (unsigned)at->line);
}

/* All files, what is included before what includes it. */
static int read_files(
	struct load *l, struct str text, const char *file, struct err *e)
{
	struct open_file stack[LOAD_FILES_MAX] = {
		{.file = {.name = file, .text = text}}};
	size_t n = 1;

	if (open_text(l, &stack[0], e) < 0)
		return -1;
	while (n) {
		struct open_file *o = &stack[n - 1];
		const struct node *at = o->next;

		if (!at) {
			l->to->file[l->to->n++] = o->file;
			n--;
			continue;
		}
		o->next = at->next;
		if (open_include(l, stack, &n, at, e) < 0)
			return -1;
	}
	return 0;
}

/* ---- variables ---------------------------------------------------------- */

static struct var *find_var(struct load *l, struct str name)
{
	for (size_t i = 0; i < l->n_vars; i++)
		if (str_eq(l->vars[i].name, name))
			return &l->vars[i];
	return NULL;
}

static int set_var(struct load *l, const char *prefix, struct str key,
	struct str value, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(FORM_FILE_BYTES);
	struct var *v;

	buf_text(&b, prefix);
	buf_str(&b, key);
	v = find_var(l, buf_view(&b));
	if (!v && l->n_vars == LOAD_VARS_MAX)
		return err_kind(
			e, ERR_LIMIT, "more than %d variables", LOAD_VARS_MAX);
	if (!v) {
		v = &l->vars[l->n_vars++];
		v->name = (struct str){arena_copy(l->arena, buf_view(&b)), b.n};
	}
	v->value = value;
	return b.full || !v->name.p ? err_kind(e, ERR_LIMIT, "out of memory")
				    : 0;
}

static int set_vars_of(
	struct load *l, const struct definition_file *f, struct err *e)
{
	const struct node *vars = node_get(f->doc, "vars");

	if (!vars || vars->type != NODE_MAP)
		return 0; /* refused when it is checked */
	for (const struct node *c = node_first(vars); c; c = c->next) {
		int done = 0;

		if (c->type != NODE_TEXT || !rule_value.is_valid(c->text))
			done = form_refuse(c, e, "%s", rule_value.must);
		else
			done = set_var(l, "vars.", c->key, c->text, e);
		if (done < 0)
			return err_at(e, "%s: vars", f->name);
	}
	return 0;
}

/* "NAME=VALUE" of the command line. */
static int set_given(struct load *l, const char *text, struct err *e)
{
	struct str value = str_of(text), name;

	str_cut(&value, '=', &name);
	if (!value.p || !rule_env.is_valid(name) || !rule_value.is_valid(value))
		return err_kind(e, ERR_USAGE,
			"--var %s: must be NAME=VALUE; the name %s; the value "
			"%s",
			text, rule_env.must, rule_value.must);
	return set_var(l, "vars.", name, value, e);
}

static int set_vars(
	struct load *l, const struct definition_given *given, struct err *e)
{
	for (size_t i = 0; i < l->to->n; i++)
		if (set_vars_of(l, &l->to->file[i], e) < 0)
			return -1;
	if (!given)
		return 0;
	for (size_t i = 0; i < given->n_vars; i++)
		if (set_given(l, given->vars[i], e) < 0)
			return -1;
	if (set_var(l, "project.", STR("name"), given->project_name, e) < 0)
		return -1;
	return set_var(
		l, "project.", STR("version"), given->project_version, e);
}

/* ---- values in place of names -------------------------------------------- */

static int refuse_var(
	struct load *l, struct str name, unsigned line, struct err *e)
{
	char known[ERR_TEXT_BYTES / 2];
	struct buf b = buf_fixed(known, sizeof(known));

	for (size_t i = 0; i < l->n_vars; i++)
		buf_fmt(&b, "%s%.*s", i ? ", " : "", STR_ARG(l->vars[i].name));
	return err_kind(e, ERR_INPUT,
		"line %u: " VAR_BEGIN "%.*s" VAR_END
		": no such variable (known: %s)",
		line, STR_ARG(str_sub(name, 0, 64)),
		b.n ? buf_cstr(&b) : "none");
}

/* Where `what` begins in s; s.n when it does not occur. */
static size_t find_text(struct str s, const char *what)
{
	const char *at = s.n ? memmem(s.p, s.n, what, strlen(what)) : NULL;

	return at ? (size_t)(at - s.p) : s.n;
}

static int put_value(struct load *l, struct str name, unsigned line,
	struct buf *out, struct err *e)
{
	const struct var *v = find_var(l, str_trim(name));

	if (!v)
		return refuse_var(l, name, line, e);
	buf_str(out, v->value);
	return 0;
}

static unsigned count_lines(struct str s)
{
	unsigned n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

static int substitute(
	struct load *l, struct str text, struct buf *out, struct err *e)
{
	unsigned line = 1;

	for (;;) {
		size_t at = find_text(text, VAR_BEGIN);
		struct str name;

		buf_str(out, str_sub(text, 0, at));
		line += count_lines(str_sub(text, 0, at));
		if (at == text.n)
			break;
		text = str_sub(text, at + strlen(VAR_BEGIN), text.n);
		at = find_text(text, VAR_END);
		name = str_sub(text, 0, at);
		if (at == text.n || str_find(name, '\n') < name.n)
			return err_kind(e, ERR_INPUT,
				"line %u: " VAR_BEGIN " without " VAR_END,
				line);
		if (put_value(l, name, line, out, e) < 0)
			return -1;
		text = str_sub(text, at + strlen(VAR_END), text.n);
	}
	return out->full ? err_kind(e, ERR_LIMIT, "too large") : 0;
}

/* Parse and check one file by itself. */
static int load_file(struct load *l, struct definition_file *f, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(FORM_FILE_BYTES);

	if (find_text(f->text, VAR_BEGIN) < f->text.n) {
		if (substitute(l, f->text, &text, e) < 0 ||
			yaml_parse(buf_view(&text), l->arena, &f->doc, e) < 0)
			return err_at(e, "%s", f->name);
	}
	return form_check_part(f->doc, definition_keys, e) < 0
		       ? err_at(e, "%s", f->name)
		       : 0;
}

int definition_load(struct str text, const char *file,
	const struct definition_given *given, struct definition_set *s,
	struct err *e)
{
	struct load l = {.arena = s->arena, .to = s};

	if (read_files(&l, text, file, e) < 0 || set_vars(&l, given, e) < 0)
		return -1;
	for (size_t i = 0; i < s->n; i++)
		if (load_file(&l, &s->file[i], e) < 0)
			return -1;
	s->doc = s->file[0].doc;
	for (size_t i = 1; i < s->n; i++) {
		s->doc = definition_merge(
			s->arena, s->doc, s->file[i].doc, definition_keys);
		if (!s->doc)
			return err_kind(
				e, ERR_LIMIT, "%s: out of memory", file);
	}
	return 0;
}

/* ---- where a node comes from ----------------------------------------------
 */

static bool is_same(const struct node *a, const struct node *b)
{
	if (a->type != b->type || a->line != b->line || a->key.p != b->key.p)
		return false;
	return a->type == NODE_TEXT ? a->text.p == b->text.p
				    : a->first == b->first;
}

/* Does a document have this node, or the one that it is a copy of? */
static bool is_in(const struct node *doc, const struct node *n)
{
	const struct node *open[YAML_DEPTH + 1];
	const struct node *c = doc;
	size_t depth = 0;

	while (c) {
		if (is_same(c, n))
			return true;
		if (node_first(c) && depth < YAML_DEPTH) {
			open[depth++] = c;
			c = node_first(c);
			continue;
		}
		while (depth && !c->next)
			c = open[--depth];
		c = depth ? c->next : NULL;
	}
	return false;
}

const char *definition_file_of(
	const struct definition_set *s, const struct node *n)
{
	for (size_t i = 0; n && i < s->n; i++)
		if (is_in(s->file[i].doc, n))
			return s->file[i].name;
	return s->file[s->n - 1].name;
}
