/*
 * link_input - match names in a linker map with the inputs of its event.
 *
 * A name is made absolute with the directory of the link and compared with
 * the paths of all inputs.  The whole path counts most; next comes an input
 * that the path ends with, for builds that were made in another place; last
 * an equal file name.  Answers are kept, because a map repeats names.
 */
#include "sbom/link/link_input.h"

#include "lib/base/buf.h"

enum { LINK_PATH_BYTES = 4096 };

int link_no_memory(struct err *e)
{
	return err_kind(e, ERR_LIMIT, "no memory for the link");
}

/* Append path to out without ".", ".." and empty components. */
static void link_clean_path(struct str path, struct buf *out)
{
	struct str part;

	while (str_cut(&path, '/', &part)) {
		if (part.n == 0 || str_is(part, "."))
			continue;
		if (str_is(part, "..")) {
			while (out->n > 0 && out->p[out->n - 1] != '/')
				out->n--;
			if (out->n > 0)
				out->n--;
			continue;
		}
		buf_byte(out, '/');
		buf_str(out, part);
	}
}

/* The path as events write it: below the root relative, else absolute. */
static struct str link_event_path(const struct link_inputs *in, struct str path,
	char memory[LINK_PATH_BYTES])
{
	struct buf b = buf_fixed(memory, LINK_PATH_BYTES);
	struct str clean;

	if (!str_has_prefix(path, STR("/"))) {
		if (!str_has_prefix(in->cwd, STR("/")))
			link_clean_path(in->root, &b);
		link_clean_path(in->cwd, &b);
	}
	link_clean_path(path, &b);
	clean = buf_view(&b);
	if (str_has_prefix(clean, in->root) && clean.n > in->root.n &&
		clean.p[in->root.n] == '/')
		return str_sub(clean, in->root.n + 1, clean.n);
	return clean;
}

bool link_path_ends_with(struct str path, struct str end)
{
	return path.n > end.n && str_has_suffix(path, end) &&
	       path.p[path.n - end.n - 1] == '/';
}

/* How well an input matches a path; 0: not at all. */
static int link_likeness(struct str path, struct str input)
{
	if (str_eq(path, input))
		return 3;
	if (link_path_ends_with(path, input))
		return 2;
	return str_eq(str_base_name(path), str_base_name(input)) ? 1 : 0;
}

static int link_search(const struct link_inputs *in, struct str name,
	size_t *out, struct err *e)
{
	char memory[LINK_PATH_BYTES];
	struct str path = link_event_path(in, name, memory);
	bool is_ambiguous = false;
	int best = 0;

	for (size_t i = 0; i < in->n; i++) {
		int likeness = link_likeness(path, in->list[i].path);

		if (likeness > 0 && likeness == best)
			is_ambiguous = true;
		if (likeness <= best)
			continue;
		best = likeness;
		*out = i;
		is_ambiguous = false;
	}
	if (best == 0 || is_ambiguous)
		return err_kind(e, ERR_ABSENT,
			"orphan: the map names %.*s, which %s of the link",
			STR_ARG(name),
			best == 0 ? "is no input" : "may be several inputs");
	return 0;
}

int link_inputs_find(
	struct link_inputs *in, struct str name, size_t *out, struct err *e)
{
	const struct table_entry *known = table_find(&in->by_name, name);

	if (known != NULL) {
		*out = known->value;
		return 0;
	}
	if (link_search(in, name, out, e) < 0)
		return -1;
	in->is_used[*out] = true;
	return table_add(&in->by_name, name, (uint32_t)*out) < 0
		       ? link_no_memory(e)
		       : 0;
}

/* A file named twice on the linker's command line is one input. */
static void link_add_input(struct link_inputs *in, struct evidence_made file)
{
	for (size_t i = 0; i < in->n; i++)
		if (str_eq(in->list[i].path, file.path))
			return;
	in->list[in->n++] = file;
}

int link_inputs_read(const struct node *event, const char *root,
	struct arena *a, struct link_inputs *in, struct err *e)
{
	const struct node *list;

	*in = (struct link_inputs){
		.root = str_of(root),
		.cwd = node_text(node_get(event, "cwd")),
		.by_name = table_make(a),
	};
	if (node_need(event, "inputs", NODE_LIST, &list, e) < 0)
		return -1;
	in->list = arena_alloc(a, (list->count + 1) * sizeof(*in->list));
	in->is_used = arena_alloc(a, (list->count + 1) * sizeof(*in->is_used));
	if (in->list == NULL || in->is_used == NULL)
		return link_no_memory(e);
	for (const struct node *c = node_first(list); c; c = c->next)
		link_add_input(in, evidence_made(c));
	return 0;
}
