/*
 * platform - up to three parts between slashes; one alone is an architecture.
 */
#include "images/read/platform.h"

int platform_parse(const char *text, struct platform *out, struct err *e)
{
	struct str rest = str_of(text), one, part[3] = {{NULL, 0}};
	size_t n = 0;

	while (str_cut(&rest, '/', &one)) {
		if (!one.n || n == 3)
			return err_kind(e, ERR_USAGE,
				"%s: not a platform, as linux/arm64 is", text);
		part[n++] = one;
	}
	*out = n == 1 ? (struct platform){STR("linux"), part[0], {NULL, 0}}
		      : (struct platform){part[0], part[1], part[2]};
	return 0;
}

bool platform_is(const struct platform *wanted, const struct node *is)
{
	struct str variant = node_text(node_get(is, "variant"));

	return str_eq(wanted->os, node_text(node_get(is, "os"))) &&
	       str_eq(wanted->arch, node_text(node_get(is, "architecture"))) &&
	       (!wanted->variant.n || !variant.n ||
		       str_eq(wanted->variant, variant));
}

void platform_write(const struct node *is, struct buf *out)
{
	struct str variant = node_text(node_get(is, "variant"));

	buf_fmt(out, "%.*s/%.*s", STR_ARG(node_text(node_get(is, "os"))),
		STR_ARG(node_text(node_get(is, "architecture"))));
	if (variant.n)
		buf_fmt(out, "/%.*s", STR_ARG(variant));
}
