"""The code that a site's pages carry, in the form that it has had for years."""

import json
from datetime import date
from urllib.parse import urlsplit

from models.placements import DEFAULT_PLACEMENT_KEY, Placement

_SNIPPET = """\
<!-- webim button generation date: {day} version: {version} -->
<a class="webim_button" href="#" rel="webim"></a>
<script type="text/javascript">

webim = {{
{options}
}};
(function () {{
  var s = document.createElement("script");
  s.type = "text/javascript";
  s.src = {source};
  document.getElementsByTagName("head")[0].appendChild(s);
}})();
</script>
"""


def embed_code(placement: Placement, base_url: str, *, day: date, version: str) -> str:
    """The snippet of a placement; placement and department are named only where they are not the default."""
    domain = urlsplit(base_url).netloc
    options = {"accountName": domain.partition(":")[0].partition(".")[0], "domain": domain}
    if placement.key != DEFAULT_PLACEMENT_KEY:
        options["location"] = placement.key
    if placement.department is not None:
        options["department"] = placement.department.key
    return _SNIPPET.format(
        day=day.isoformat(),
        version=version,
        options=",\n".join(f"  {name}: {_quoted(value)}" for name, value in options.items()),
        source=_quoted(f"{base_url}/js/button.js"),
    )


def _quoted(text: str) -> str:
    """A string of the script that cannot end the element it stands in."""
    return json.dumps(text).replace("<", "\\u003c")
