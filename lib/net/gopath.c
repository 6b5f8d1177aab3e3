/*
 * gopath - one pass over the segments of a path, or over its bytes.
 */
#include "lib/net/gopath.h"

/* Drop the last segment written so far, for "..". */
static void drop_segment(struct buf *b)
{
	while (b->n > 0 && b->p[b->n - 1] != '/')
		b->n--;
	if (b->n > 0)
		b->n--;
}

void gopath_clean(struct str path, struct buf *b)
{
	bool ends_in_slash = path.n > 0 && path.p[path.n - 1] == '/';
	struct str segment;

	while (str_cut(&path, '/', &segment)) {
		if (segment.n == 0 || str_is(segment, "."))
			continue;
		if (str_is(segment, "..")) {
			drop_segment(b);
			continue;
		}
		buf_byte(b, '/');
		buf_str(b, segment);
	}
	if (b->n == 0 || ends_in_slash)
		buf_byte(b, '/');
}

void gopath_escape(struct str path, struct buf *b)
{
	static const char plain[] = "-_.~$&+,/:;=@";

	for (size_t i = 0; i < path.n; i++) {
		char c = path.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			(c >= 'A' && c <= 'Z') ||
			str_find((struct str){plain, sizeof(plain) - 1}, c) <
				sizeof(plain) - 1)
			buf_byte(b, c);
		else
			buf_fmt(b, "%%%02X", (unsigned char)c);
	}
}
