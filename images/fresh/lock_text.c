/* lock_text - copy line by line. */
#include "images/fresh/lock_text.h"

static const struct lock_change *lock_change_of(
	const struct lock_change *changes, size_t n, unsigned line)
{
	for (size_t i = 0; i < n; i++)
		if (changes[i].line == line)
			return &changes[i];
	return NULL;
}

void lock_text_replace(struct str text, const struct lock_change *changes,
	size_t n, struct buf *out)
{
	struct str line;

	for (unsigned at = 1; str_cut(&text, '\n', &line); at++) {
		const struct lock_change *c = lock_change_of(changes, n, at);

		buf_str(out, c ? c->text : line);
		if (text.p != NULL)
			buf_byte(out, '\n');
	}
}

void lock_text_add(struct str text, struct str line, struct buf *out)
{
	buf_str(out, text);
	if (text.n == 0)
		buf_text(out,
			"# sources.lock: every third-party file, pinned\n"
			"# package version suite pool-path size sha256 role "
			"licence\n");
	else if (text.p[text.n - 1] != '\n')
		buf_byte(out, '\n');
	buf_str(out, line);
	buf_byte(out, '\n');
}
