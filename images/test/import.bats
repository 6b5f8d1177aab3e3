#!/usr/bin/env bats
# keelson import apko: what comes of it is built, and has what apko's file says.
# where: host
bats_require_minimum_version 1.5.0

setup() {
	KEELSON=$BATS_TEST_DIRNAME/../../build/bin/keelson
	"$KEELSON" init "$BATS_TEST_TMPDIR/shop" > /dev/null
	cd "$BATS_TEST_TMPDIR/shop" || return
	cat > web.apko.yaml <<-'EOF'
		contents:
		  keyring:
		    - https://example.org/key.rsa.pub
		  repositories:
		    - https://example.org/os
		  packages:
		    - web-server=1.2
		entrypoint:
		  command: /bin/web --root "/srv/my files"
		cmd: --verbose
		stop-signal: SIGQUIT
		work-dir: /srv
		accounts:
		  run-as: 10001
		  users:
		    - username: app
		      uid: 10001
		      gid: 10001
		      homedir: /srv
		  groups:
		    - groupname: app
		      gid: 10001
		    - groupname: www
		      gid: 10002
		      members: [app]
		archs: [x86_64]
		environment:
		  LEVEL: 1.10
		  NAME: shop
		paths:
		  - path: /srv
		    type: directory
		    uid: 10001
		    gid: 10002
		    permissions: 0o750
		  - path: /etc/empty
		    type: empty-file
		    permissions: 0644
		  - path: /bin/server
		    type: symlink
		    source: web
		annotations:
		  org.example.team: shop
		volumes: [/data]
		layering:
		  strategy: origin
		  budget: 10
	EOF
}

@test "an apko configuration becomes an image that says the same" {
	"$KEELSON" import apko web.apko.yaml --output images/web.yaml
	cp "$BATS_TEST_DIRNAME/../../build/bin/pause" build-web 2> /dev/null
	mkdir -p build/bin && mv build-web build/bin/web
	printf '%s\n' 'programs:' '  - {name: web, to: /bin/web, evidence: none}' \
		>> images/web.yaml
	"$KEELSON" build web
	"$KEELSON" verify dist/web
	blob() { echo "dist/web/blobs/sha256/${1#sha256:}"; }
	manifest=$(blob "$(jq -r '.manifests[0].digest' dist/web/index.json)")
	config=$(blob "$(jq -r .config.digest "$manifest")")
	jq -e '.config | .Entrypoint == ["/bin/web", "--root", "/srv/my files"]
		and .Cmd == ["--verbose"] and .StopSignal == "SIGQUIT"
		and .WorkingDir == "/srv" and .User == "10001:10001"
		and (.Env | index("LEVEL=1.10") != null)
		and .Volumes == {"/data": {}}' "$config"
	jq -e '.annotations["org.example.team"] == "shop"' "$manifest"
	layer=$(blob "$(jq -r '.layers[0].digest' "$manifest")")
	tar -tvzf "$layer" | grep -E '^drwxr-x--- 10001/10002 .* srv/$'
	tar -tvzf "$layer" | grep -E '^-rw-r--r-- .* 0 .* etc/empty$'
	tar -tvzf "$layer" | grep -E ' bin/server -> web$'
	tar -xzOf "$layer" etc/group | grep -qx 'www:x:10002:app'
}

@test "each key that does not map is named with its line" {
	run -0 --separate-stderr "$KEELSON" import apko web.apko.yaml
	[ "$stderr" = 'web.apko.yaml:7: contents.packages: web-server: does not map: build it from a source (keelson add-source) and name its program in `programs`
web.apko.yaml:4: contents.repositories: does not map: sources are pinned in the lock: keelson add-source
web.apko.yaml:2: contents.keyring: does not map: suites are checked with Debian'"'"'s keyring
web.apko.yaml:45: layering: does not map: all files are one layer' ]
	run -1 "$KEELSON" import apko nothing.yaml
	run -2 "$KEELSON" import melange web.apko.yaml
}
