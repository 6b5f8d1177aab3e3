/*
 * unit - every word is quoted, and what systemd would expand is doubled, so
 * that a word arrives as the image has it.
 */
#include "images/export/unit.h"

static int check_word(struct str word, struct err *e)
{
	for (size_t i = 0; i < word.n; i++)
		if ((unsigned char)word.p[i] < ' ' || word.p[i] == 0x7f)
			return err_kind(e, ERR_INPUT,
				"the configuration has control characters, "
				"which no unit can say");
	return 0;
}

/* doubled: '%' always, '$' in commands. */
static int put_word(
	struct str word, const char *doubled, struct buf *out, struct err *e)
{
	if (check_word(word, e) < 0)
		return -1;
	buf_byte(out, '"');
	for (size_t i = 0; i < word.n; i++) {
		char c = word.p[i];

		if (c == '"' || c == '\\')
			buf_byte(out, '\\');
		if (str_find(str_of(doubled), c) < str_of(doubled).n)
			buf_byte(out, c);
		buf_byte(out, c);
	}
	buf_byte(out, '"');
	return 0;
}

/* "+x" would run x with all privileges, also in quotes. */
static int check_program(struct str word, struct err *e)
{
	unsigned char c = word.n > 0 ? (unsigned char)word.p[0] : 0;

	return c == '/' || (c >= '0' && c <= '9') ||
			       ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
		       ? 0
		       : err_kind(e, ERR_INPUT,
				 "\"%.*s\" is no program for a unit",
				 STR_ARG(word));
}

/* Entrypoint, then Cmd: one command line. */
static int put_command(
	const struct node *config, struct buf *out, struct err *e)
{
	static const char *const keys[] = {"Entrypoint", "Cmd"};
	size_t n = 0;

	buf_text(out, "ExecStart=");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct node *words = node_get(config, keys[i]);

		for (const struct node *c = node_first(words); c; c = c->next) {
			if (n == 0 && check_program(node_text(c), e) < 0)
				return -1;
			if (n++ > 0)
				buf_byte(out, ' ');
			if (put_word(node_text(c), "%$", out, e) < 0)
				return -1;
		}
	}
	buf_byte(out, '\n');
	return n > 0 ? 0
		     : err_kind(e, ERR_INPUT,
			       "the image has no command for a service, and no "
			       "units of its own");
}

static int put_environment(
	const struct node *config, struct buf *out, struct err *e)
{
	const struct node *env = node_get(config, "Env");

	for (const struct node *c = node_first(env); c; c = c->next) {
		buf_text(out, "Environment=");
		if (put_word(node_text(c), "%", out, e) < 0)
			return -1;
		buf_byte(out, '\n');
	}
	return 0;
}

/* KEY=VALUE, where there is one; only letters that need no quotes. */
static int put_value(
	const char *key, struct str value, struct buf *out, struct err *e)
{
	if (value.n == 0)
		return 0;
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] == ' ' || value.p[i] == '%' ||
			value.p[i] == '\\' || value.p[i] == '"')
			return err_kind(e, ERR_INPUT,
				"%s=%.*s: no unit can say this", key,
				STR_ARG(value));
	if (check_word(value, e) < 0)
		return -1;
	buf_fmt(out, "%s=%.*s\n", key, STR_ARG(value));
	return 0;
}

/* "USER:GROUP" */
static int put_user(const struct node *config, struct buf *out, struct err *e)
{
	struct str group = node_text(node_get(config, "User")), user = group;

	str_cut(&group, ':', &user);
	if (put_value("User", user, out, e) < 0)
		return -1;
	return put_value("Group", group, out, e);
}

int unit_put(const char *name, const struct node *config, struct buf *out,
	struct err *e)
{
	buf_fmt(out, "[Unit]\nDescription=%s\n\n[Service]\n", name);
	if (put_command(config, out, e) < 0 ||
		put_environment(config, out, e) < 0 ||
		put_user(config, out, e) < 0 ||
		put_value("WorkingDirectory",
			node_text(node_get(config, "WorkingDir")), out,
			e) < 0 ||
		put_value("KillSignal",
			node_text(node_get(config, "StopSignal")), out, e) < 0)
		return -1;
	buf_text(out, "\n[Install]\nWantedBy=multi-user.target\n");
	return 0;
}
