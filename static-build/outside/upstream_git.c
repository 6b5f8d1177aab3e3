/*
 * upstream_git - ask git itself for the commit, its name, where it was cloned
 * from, and the id of every file in it.
 *
 * Without git, or before the first commit, the tree counts as a directory.
 */
#include "static-build/outside/upstream_git.h"

#include "lib/base/buf.h"
#include "lib/base/capture.h"

#include <unistd.h>

enum {
	GIT_LINE_MAX = 1 << 16,
	GIT_TREE_MAX = 256 << 20,
	GIT_WORDS_MAX = 12,
};

/* `git -C ROOT WORD...`; the user builds as somebody who may not own it. */
static int git_ask(const struct place *p, const char *const *words,
	struct buf *out, struct err *e)
{
	const char *argv[GIT_WORDS_MAX] = {
		"git", "-C", p->root, "-c", "safe.directory=*"};

	for (size_t i = 0; words[i] != NULL; i++)
		argv[5 + i] = words[i];
	return capture(argv, out, e);
}

/* One line of an answer; empty when git has none. */
static int git_line(const struct place *p, const char *const *words,
	struct str *out, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(GIT_LINE_MAX);
	struct str line;

	*out = (struct str){0};
	if (git_ask(p, words, &b, NULL) < 0)
		return 0;
	line = str_trim(buf_view(&b));
	*out = (struct str){arena_copy(p->arena, line), line.n};
	return out->p == NULL ? place_no_memory(e) : 0;
}

/* "MODE TYPE ID<tab>PATH" */
static int git_add(const struct place *p, struct upstream *s, struct str line,
	struct err *e)
{
	struct str *ids = arena_grow(
		p->arena, s->ids, s->n_ids, &s->ids_room, sizeof(*ids));
	struct str mode, type, id;

	if (ids == NULL)
		return place_no_memory(e);
	s->ids = ids;
	if (!str_cut(&line, ' ', &mode) || !str_cut(&line, ' ', &type) ||
		!str_cut(&line, '\t', &id) || !str_is(type, "blob"))
		return 0;
	ids[s->n_ids] = id;
	return table_add(&s->by_path, line, (uint32_t)s->n_ids++) < 0
		       ? place_no_memory(e)
		       : 0;
}

static int git_read_tree(
	const struct place *p, struct upstream *s, struct err *e)
{
	static const char *const tree[] = {"ls-tree", "-r", "-z", "HEAD", NULL};
	AUTO_BUF struct buf b = buf_growing(GIT_TREE_MAX);
	struct str text, line;

	if (git_ask(p, tree, &b, e) < 0)
		return err_at(e, "%s", p->root);
	text = (struct str){arena_copy(p->arena, buf_view(&b)), b.n};
	if (text.p == NULL)
		return place_no_memory(e);
	while (str_cut(&text, '\0', &line))
		if (line.n > 0 && git_add(p, s, line, e) < 0)
			return -1;
	return 0;
}

/* "https://host/group/demo.git": "demo" */
static struct str git_package(struct str remote, struct str otherwise)
{
	struct str name = str_base_name(remote);

	if (str_has_suffix(name, STR(".git")))
		name.n -= 4;
	return name.n > 0 ? name : otherwise;
}

/* A remote may hold a password: "https://user:secret@host/..." */
static int git_without_secret(
	const struct place *p, struct str *remote, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(GIT_LINE_MAX);
	size_t scheme = 0, at, end;

	while (scheme + 3 <= remote->n &&
		!str_has_prefix(
			str_sub(*remote, scheme, remote->n), STR("://")))
		scheme++;
	if (scheme + 3 > remote->n)
		return 0;
	scheme += 3;
	end = scheme + str_find(str_sub(*remote, scheme, remote->n), '/');
	at = scheme + str_find(str_sub(*remote, scheme, end - scheme), '@');
	if (at >= end)
		return 0;
	buf_str(&b, str_sub(*remote, 0, scheme));
	buf_str(&b, str_sub(*remote, at + 1, remote->n));
	*remote = (struct str){arena_copy(p->arena, buf_view(&b)), b.n};
	return remote->p == NULL ? place_no_memory(e) : 0;
}

int upstream_git(const struct place *p, struct upstream *s, struct err *e)
{
	static const char *const commit[] = {
		"rev-parse", "--verify", "HEAD", NULL};
	static const char *const remote[] = {
		"config", "--get", "remote.origin.url", NULL};
	static const char *const version[] = {
		"describe", "--tags", "--always", "HEAD", NULL};
	const char *mark = place_path(p->arena, p->root, ".git", e);

	if (mark == NULL)
		return -1;
	if (access(mark, F_OK) < 0)
		return 0;
	if (git_line(p, commit, &s->commit, e) < 0 ||
		git_line(p, remote, &s->remote, e) < 0 ||
		git_line(p, version, &s->version, e) < 0 ||
		git_without_secret(p, &s->remote, e) < 0)
		return -1;
	if (s->commit.n == 0)
		return 0;
	s->kind = UPSTREAM_GIT;
	s->package = git_package(s->remote, s->package);
	if (s->remote.n > 0)
		s->name = s->remote;
	return git_read_tree(p, s, e) < 0 ? -1 : 1;
}
