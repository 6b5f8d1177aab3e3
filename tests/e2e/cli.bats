#!/usr/bin/env bats
# area: agent proxy images
# cli.bats - what every program says of itself: help, man page, completion;
# and that a wrong word is refused with exit code 2 and one line.
#
# where: host

bats_require_minimum_version 1.5.0

PROGRAMS="keelson checkpoint-agent kube-proxy-mini"

# Long options named in a help text on standard input.
options() {
	grep -oE -- '^ +(-., )?--[a-z0-9-]+' | grep -oE -- '--[a-z0-9-]+' |
		sort -u
}

# Every command of a program, as words, the program itself first.
commands() { # PROGRAM COMMAND...
	local c
	build/bin/"$1" "${@:2}" --help >"$BATS_TEST_TMPDIR/of$#"
	sed -n '/^commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p' \
		"$BATS_TEST_TMPDIR/of$#" | while read -r c; do
		echo "${*:2} $c"
		commands "$@" "$c"
	done
}

complete_line() { # PROGRAM WORDS...: what bash offers for the last word
	# shellcheck disable=SC1090 # the program writes it
	source <(build/bin/"$1" --completion)
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	"_${1//-/_}"
	printf '%s\n' "${COMPREPLY[@]}"
}

@test "help of every command names its options; the man page has them all" {
	local p c
	for p in $PROGRAMS; do
		build/bin/"$p" --man >"$BATS_TEST_TMPDIR/man"
		while read -r c; do
			# shellcheck disable=SC2086 # a command is words
			build/bin/"$p" $c --help >"$BATS_TEST_TMPDIR/help"
			grep -q '^usage: ' "$BATS_TEST_TMPDIR/help"
			while read -r o; do
				grep -qF -- "${o//-/\\-}" "$BATS_TEST_TMPDIR/man" ||
					{ echo "$p $c: no $o"; false; }
			done < <(options <"$BATS_TEST_TMPDIR/help" |
				grep -vE -- '--(help|version)$')
		done < <(echo; commands "$p")
	done
}

@test "man pages hold no request that roff does not know" {
	local p
	for p in $PROGRAMS; do
		build/bin/"$p" --man >"$BATS_TEST_TMPDIR/man"
		grep -q "^.TH $p 8 " "$BATS_TEST_TMPDIR/man"
		run -1 grep -nE '^\.' <(grep -vE '^\.(TH|SH|PP|TP|B)( |$)' \
			"$BATS_TEST_TMPDIR/man")
	done
}

@test "bash completes commands, commands of commands, and options" {
	complete_line keelson im | grep -qx image
	complete_line keelson image bu | grep -qx build
	complete_line keelson image build --dep | grep -qx -- --depfile
	complete_line checkpoint-agent ser | grep -qx serve
	complete_line checkpoint-agent serve --client-ca | grep -qx -- --client-ca-file
	complete_line kube-proxy-mini --clean | grep -qx -- --cleanup
}

@test "a wrong word: exit code 2, one line, the word that was meant" {
	local p
	for p in $PROGRAMS; do
		run -2 build/bin/"$p" --hepl
		[ "$output" = "$p: unknown option --hepl; did you mean --help?" ]
	done
	run -2 build/bin/checkpoint-agent serv
	[[ "$output" == *'did you mean serve?' ]]
	run -2 build/bin/kube-proxy-mini --clenup
	[[ "$output" == *'did you mean --cleanup?' ]]
}

@test "versions are one" {
	local p said
	for p in $PROGRAMS; do
		said=$(build/bin/"$p" --version)
		[[ "$said" == "$p "[0-9]* ]]
		echo "${said##* }"
	done >"$BATS_TEST_TMPDIR/versions"
	[ "$(sort -u "$BATS_TEST_TMPDIR/versions" | wc -l)" = 1 ]
}
