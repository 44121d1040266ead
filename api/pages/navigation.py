"""Links to navigation programs. Each states the datum, else the courier lands hundreds of metres off."""

from __future__ import annotations

from urllib.parse import urlencode

AMAP, BAIDU = "https://uri.amap.com/marker", "https://api.map.baidu.com/marker"
PROGRAMS = (f"{AMAP}?", f"{BAIDU}?")


def navigation(name: str, lon: float, lat: float) -> dict[str, str]:
    """Programs with an address that opens them at a position; `static/map/card.js` makes the same."""
    amap = {"position": f"{lon},{lat}", "name": name, "coordinate": "wgs84", "src": "diming"}
    baidu = {
        "location": f"{lat},{lon}", "title": name, "content": name, "output": "html", "coord_type": "wgs84",
        "src": "webapp.diming",
    }  # fmt: skip
    return {
        "高德地图": f"{AMAP}?{urlencode(amap)}",
        "百度地图": f"{BAIDU}?{urlencode(baidu)}",
    }
