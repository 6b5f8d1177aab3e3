/*
 * c_parts - words, brackets and semicolons are enough to cut a source at its
 * outer level; what stands inside braces is only counted.
 *
 * The preprocessor is not run: both branches of an #if are read.  Where that
 * leaves braces open, a brace in the first column closes them all, as sources
 * are laid out nearly everywhere.  The name of a function is the last word
 * before a bracket, attributes aside.
 */
#include "sbom/fix/c_parts.h"

enum c_token_kind { C_END, C_WORD, C_SIGN, C_LITERAL, C_DIRECTIVE };

struct c_token {
	enum c_token_kind kind;
	struct str text;
	size_t line;
	bool is_first; /* in the first column */
};

static bool c_is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '$';
}

static struct str c_rest(const struct c_parts *c)
{
	return str_sub(c->text, c->at, c->text.n);
}

/* Read n bytes, counting lines. */
static struct str c_take(struct c_parts *c, size_t n)
{
	struct str taken = str_sub(c->text, c->at, n);

	for (size_t i = 0; i < taken.n; i++)
		c->lines += taken.p[i] == '\n';
	c->at += taken.n;
	return taken;
}

/* How many bytes the comment at the front takes; 0: there is none. */
static size_t c_comment(struct str s)
{
	if (str_has_prefix(s, STR("//")))
		return str_find(s, '\n');
	if (!str_has_prefix(s, STR("/*")))
		return 0;
	for (size_t i = 2; i + 1 < s.n; i++)
		if (s.p[i] == '*' && s.p[i + 1] == '/')
			return i + 2;
	return s.n;
}

/* A text or character in quotes, at most to the end of its line. */
static size_t c_quoted(struct str s)
{
	size_t i = 1;

	while (i < s.n && s.p[i] != s.p[0] && s.p[i] != '\n')
		i += s.p[i] == '\\' ? 2 : 1;
	return i < s.n ? i + 1 : s.n;
}

/* A directive, with the lines that go on. */
static size_t c_directive(struct str s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != '\n') {
		size_t comment = c_comment(str_sub(s, i, s.n));

		if (comment > 0)
			i += comment;
		else
			i += s.p[i] == '\\' && i + 1 < s.n ? 2 : 1;
	}
	return i < s.n ? i : s.n;
}

static void c_skip_blanks(struct c_parts *c)
{
	size_t n = 1;

	while (n > 0 && c->at < c->text.n) {
		char b = c->text.p[c->at];

		n = c_comment(c_rest(c));
		if (b == ' ' || b == '\t' || b == '\n' || b == '\r')
			n = 1;
		c_take(c, n);
	}
}

static size_t c_word(struct str s)
{
	size_t n = 0;

	while (n < s.n && c_is_word(s.p[n]))
		n++;
	return n;
}

static struct c_token c_token(struct c_parts *c)
{
	struct c_token t = {.kind = C_WORD};
	struct str rest;
	size_t n;

	c_skip_blanks(c);
	rest = c_rest(c);
	if (rest.n == 0)
		return (struct c_token){0};
	t.line = c->lines + 1;
	t.is_first = c->at == 0 || c->text.p[c->at - 1] == '\n';
	n = c_word(rest);
	if (n == 0) {
		n = 1;
		t.kind = C_SIGN;
	}
	if (rest.p[0] == '#') {
		n = c_directive(rest);
		t.kind = C_DIRECTIVE;
	} else if (rest.p[0] == '"' || rest.p[0] == '\'') {
		n = c_quoted(rest);
		t.kind = C_LITERAL;
	}
	t.text = c_take(c, n);
	return t;
}

/* ---- one part ---- */

struct c_statement {
	size_t first;      /* line; 0: nothing read yet */
	struct str word;   /* the last one outside of brackets */
	struct str called; /* the last one before a bracket */
	struct str named;  /* before "=" or "[" */
	bool has_value, is_type;
	size_t braces, brackets;
	bool is_body; /* the braces are those of a function */
};

static bool c_is_attribute(struct str word)
{
	return str_has_prefix(word, STR("__attribute")) ||
	       str_has_prefix(word, STR("__asm")) ||
	       str_has_prefix(word, STR("__declspec"));
}

static void c_read_word(struct c_statement *s, struct str word)
{
	if (str_is(word, "struct") || str_is(word, "union") ||
		str_is(word, "enum") || str_is(word, "typedef"))
		s->is_type = true;
	if (s->brackets == 0)
		s->word = word;
}

static void c_read_bracket(struct c_statement *s, char b)
{
	bool is_open = b == '(' || b == '[';

	if (is_open && s->brackets == 0 && !s->has_value) {
		if (b == '(' && s->word.n > 0 && !c_is_attribute(s->word))
			s->called = s->word;
		if (b == '[' && s->named.n == 0)
			s->named = s->word;
	}
	if (is_open)
		s->brackets++;
	else if (s->brackets > 0)
		s->brackets--;
}

static struct c_part c_part(const struct c_statement *s, size_t last)
{
	struct c_part part = {.kind = C_VARIABLE,
		.name = s->named.n > 0 ? s->named : s->word,
		.first = s->first,
		.last = last};

	if (s->called.n > 0 && !s->has_value) {
		part.kind = s->is_body ? C_FUNCTION : C_DECLARED;
		part.name = s->called;
	} else if (s->is_type && !s->has_value) {
		part.kind = C_TYPE;
		part.name = s->word;
	}
	return part;
}

/* A sign outside of braces; true when the statement ends. */
static bool c_read_sign(struct c_statement *s, char b)
{
	if (b == '(' || b == '[' || b == ')' || b == ']')
		c_read_bracket(s, b);
	if (s->brackets > 0)
		return false;
	if (b == '=') {
		if (s->named.n == 0)
			s->named = s->word;
		s->has_value = true;
	}
	if (b == '{') {
		s->is_body = s->called.n > 0 && !s->has_value;
		s->braces = 1;
	}
	return b == ';';
}

/* A sign inside braces; true when a function ends. */
static bool c_read_inner(struct c_statement *s, const struct c_token *t)
{
	char b = t->text.p[0];

	if (b == '{')
		s->braces++;
	if (b != '}')
		return false;
	s->braces = t->is_first ? 0 : s->braces - 1;
	return s->braces == 0 && s->is_body;
}

/* "#define NAME...": true, and its part. */
static bool c_macro(const struct c_token *t, size_t last, struct c_part *out)
{
	struct str s = str_trim(str_sub(t->text, 1, t->text.n));
	size_t n = 0;

	if (!str_has_prefix(s, STR("define")))
		return false;
	s = str_trim(str_sub(s, 6, s.n));
	while (n < s.n && c_is_word(s.p[n]))
		n++;
	*out = (struct c_part){C_MACRO, str_sub(s, 0, n), t->line, last};
	return n > 0;
}

/* One token; true when a part is complete. */
static bool c_read(struct c_statement *s, const struct c_token *t)
{
	if (s->first == 0)
		s->first = t->line;
	if (t->kind == C_WORD && s->braces == 0)
		c_read_word(s, t->text);
	if (t->kind != C_SIGN)
		return false;
	return s->braces > 0 ? c_read_inner(s, t)
			     : c_read_sign(s, t->text.p[0]);
}

bool c_parts_next(struct c_parts *c, struct c_part *out)
{
	struct c_statement s = {0};

	for (;;) {
		struct c_token t = c_token(c);

		if (t.kind == C_END)
			return false;
		if (t.kind == C_DIRECTIVE) {
			if (s.braces == 0 && s.first == 0 &&
				c_macro(&t, c->lines + 1, out))
				return true;
			continue;
		}
		if (!c_read(&s, &t))
			continue;
		*out = c_part(&s, c->lines + 1);
		if (out->name.n > 0)
			return true;
		s = (struct c_statement){0};
	}
}
