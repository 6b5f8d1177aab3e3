# toy.bash - a copy of the project with two small recipes.  Sourced.
#
#   toy_project FOLDER            make it, with the sources toy and other
#   recipe NAME NEEDS [COMPILE]   write a recipe: COMPILE runs before the compiler
#   build [NAME...]               run static-build/build
#   has TEXT                      the output of the last run has it

toy_project() { # FOLDER, from the project's
	mkdir -p "$1/lib"
	cp -R static-build "$1/"
	cp -R lib/base lib/arc "$1/lib/"
	cd "$1" || return
	rm -rf static-build/recipes/* static-build/patches/*
	make_source toy
	make_source other
}

# A source of one file, with a patch of Debian's that changes it.
make_source() { # NAME
	mkdir -p "src/$1-1" build/sources debian/patches
	echo 'int toy(void) { return 1; }' > "src/$1-1/toy.c"
	cat > debian/patches/two.patch <<-'END'
	Two instead of one.
	--- a/toy.c
	+++ b/toy.c
	@@ -1 +1 @@
	-int toy(void) { return 1; }
	+int toy(void) { return 2; }
	END
	echo 'two.patch' > debian/patches/series
	tar -C src -czf "build/sources/$1_1.orig.tar.gz" "$1-1"
	tar -czf "build/sources/$1_1-1.debian.tar.gz" debian
	for part in "$1_1.orig.tar.gz source" "$1_1-1.debian.tar.gz patches"
	do
		set -- "$1" ${part}
		file=build/sources/$2
		echo "$1 1-1 sid pool/$2 $(stat -c %s "$file")" \
			"$(sha256sum < "$file" | cut -d' ' -f1) $3 MIT"
	done >> lock.new
	[ "$1" = other ] && mv lock.new static-build/sources.lock
	rm -rf src debian
	return 0
}

recipe() { # NAME NEEDS [COMPILE]
	cat > "static-build/recipes/$1" <<-END
		packages=$1
		needs='$2'
		compile() {
			${3:-:}
			CC=gcc
			make_archive lib$1.a toy.c
		}
		install() {
			stage_lib lib$1.a
		}
	END
}

build() {
	run static-build/build "$@"
}

has() {
	[[ "$output" == *"$1"* ]] || {
		printf 'not in the output: %s\n%s\n' "$1" "$output"
		return 1
	}
}
