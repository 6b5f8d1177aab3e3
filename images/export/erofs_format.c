/* erofs_format - what planner and encoder must see alike. */
#include "images/export/erofs_format.h"

bool erofs_is_inode(const struct fs_tree *t, size_t node)
{
	return t->nodes[node].file == node;
}

/* ---- directories ------------------------------------------------------ */

size_t erofs_names(const struct erofs *x, size_t dir)
{
	return x->first_child[dir + 1] - x->first_child[dir] + 2;
}

/* Children come sorted; "." and ".." have their place among them. */
void erofs_names_list(const struct erofs *x, size_t dir, struct erofs_name *out)
{
	const struct fs_node *nodes = x->tree->nodes;
	const struct erofs_name dots[] = {
		{STR("."), dir}, {STR(".."), nodes[dir].parent}};
	size_t n = 0, dot = 0;

	for (size_t i = x->first_child[dir]; i < x->first_child[dir + 1]; i++) {
		const struct fs_node *child = &nodes[x->children[i]];
		struct str name = fs_node_name(child);

		while (dot < 2 && str_cmp(dots[dot].name, name) < 0)
			out[n++] = dots[dot++];
		out[n++] = (struct erofs_name){name, child->file};
	}
	while (dot < 2)
		out[n++] = dots[dot++];
}

size_t erofs_names_fit(const struct erofs_name *names, size_t n, size_t *bytes)
{
	size_t fit = 0;

	for (*bytes = 0; fit < n; fit++) {
		size_t more = EROFS_DIRENT_BYTES + names[fit].name.n;

		if (*bytes + more > EROFS_BLOCK_BYTES)
			break;
		*bytes += more;
	}
	return fit;
}

/* ---- extended attributes ------------------------------------------------- */

struct erofs_xattr_name erofs_xattr_split(struct str name)
{
	static const struct {
		uint8_t index;
		struct str prefix;
	} kinds[] = {
		{1, {"user.", 5}},
		{4, {"trusted.", 8}},
		{6, {"security.", 9}},
	};

	if (str_is(name, "system.posix_acl_access"))
		return (struct erofs_xattr_name){.index = 2};
	if (str_is(name, "system.posix_acl_default"))
		return (struct erofs_xattr_name){.index = 3};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (str_has_prefix(name, kinds[i].prefix))
			return (struct erofs_xattr_name){kinds[i].index,
				str_sub(name, kinds[i].prefix.n, name.n)};
	return (struct erofs_xattr_name){.index = 0};
}

size_t erofs_xattr_bytes(const struct tar_xattr *xattr)
{
	size_t n = EROFS_XATTR_ENTRY_BYTES +
		   erofs_xattr_split(xattr->name).rest.n + xattr->value.n;

	return (n + 3) & ~(size_t)3;
}
