#!/usr/bin/env bash
# Makes a folder with a small Debian 13, its PyPy 3.11 and this service, and prints the path of an interpreter for
#     python -m tests.bench peers --python PATH
# It needs root and debootstrap. Debian's PyPy is a little too old for some wheels, so that two are pinned.
set -euo pipefail
folder=${1:?usage: $0 FOLDER}
checkout=$(cd "$(dirname "$0")/../.." && pwd)

debootstrap --variant=minbase --include=pypy3,pypy3-venv,pypy3-dev,ca-certificates,g++ trixie "$folder" >&2
cp /etc/resolv.conf "$folder/etc/"
cp /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/"
[ ! -e /etc/pip.conf ] || cp /etc/pip.conf "$folder/etc/"
mkdir -p "$folder$checkout"
for path in /proc /dev "$checkout"; do
    mount --bind "$path" "$folder$path"
done
chroot "$folder" pypy3 -m venv /opt/service
chroot "$folder" /opt/service/bin/pip install --quiet 'cryptography==45.*' 'hypothesis<6.140' \
    pyhamcrest pytest pytest-twisted pytest-xdist pyyaml --editable "$checkout" >&2

cat > "$folder/pypy" <<END
#!/usr/bin/env bash
exec chroot "$folder" /usr/bin/env -C "\$PWD" /opt/service/bin/python "\$@"
END
chmod +x "$folder/pypy"
echo "$folder/pypy"
