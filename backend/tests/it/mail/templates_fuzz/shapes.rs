//! Templates that have crashed or stalled this server or other template engines.

const LARGE: usize = 1_000_000;
/// Below the size limit of a body, so that the other limits have to apply.
const ACCEPTED: usize = 500_000;

/// Returns every shape: the reported ones, and the hostile ones in both sizes.
pub fn all() -> impl Iterator<Item = (String, String)> {
    let hostile = [ACCEPTED, LARGE].into_iter().flat_map(|size| {
        let shape = move |(begin, repeated, end): &(&str, &str, &str)| {
            let times = size.saturating_sub(begin.len() + end.len()) / repeated.len();
            let name = format!("{size} bytes of {begin}{repeated}…{end}");
            (name, format!("{begin}{}{end}", repeated.repeat(times)))
        };
        HOSTILE.iter().map(shape)
    });
    let reported = reported().into_iter();
    reported
        .map(|template| (template.chars().take(60).collect(), template))
        .chain(hostile)
}

/// Shapes that crashed or stalled the server when it used minijinja.
fn reported() -> Vec<String> {
    let chain = |text: &str| format!("{{{{ a{} }}}}", text.repeat(8000));
    let set = |first: &str, next: &str, times: usize| format!("{first}{}", next.repeat(times));
    vec![
        format!("{{{{ {}1 }}}}", "-".repeat(8000)),
        format!("{{{{ {}a }}}}", "not ".repeat(8000)),
        chain(".a"),
        chain("|upper"),
        chain("+a"),
        format!("{{% if a %}}{}{{% endif %}}", "{% elif a %}x".repeat(8000)),
        "{% set ns=namespace(a=[1]) %}{% for i in range(12000) %}{% set ns.a=ns.a|zip %}{% endfor %}"
            .to_owned(),
        set("{% set a={'x':1} %}", "{% set a=a|chain(a) %}", 32),
        set("{% set a=[1] %}", "{% set a=a+a %}", 34),
        // The same shapes in the current template language.
        "{% for x in list %}{% for y in list %}{% for z in list %}x{% endfor %}{% endfor %}{% endfor %}"
            .to_owned(),
        "{% for x in list %}{{ list }}{% endfor %}".to_owned(),
        "{% for x in list %}{{ text|replace('q', text)|replace('q', text) }}{% endfor %}".to_owned(),
        "{% for x in list %}{{ list|join(text) }}{% endfor %}".to_owned(),
        "{% for x in list %}{% if text|upper == text|lower %}{% endif %}{% endfor %}".to_owned(),
        "{% for x in list %}{% if 'z' in text %}{% endif %}{% if x in list %}{% endif %}{% endfor %}"
            .to_owned(),
        "{% for x in list %}{{ deep }}{{ a }}{% endfor %}".to_owned(),
        "{% for x in list %}{{ text|escape|escape|title }}{% endfor %}".to_owned(),
    ]
}

/// Hostile shapes as beginning, repeated part and end.
const HOSTILE: [(&str, &str, &str); 48] = [
    ("{{ ", "-", "1 }}"),
    ("{{ ", "not ", "a }}"),
    ("{{ ", "(", " }}"),
    ("{{ ", "[", " }}"),
    ("{{ ", "a[", " }}"),
    ("{{ a", ".a", " }}"),
    ("{{ a", "[0]", " }}"),
    ("{{ a", "|upper", " }}"),
    ("{{ a", "|default(a", " }}"),
    ("{{ a", " ~ a", " }}"),
    ("{{ a", " + a", " }}"),
    ("{{ a", " and a", " }}"),
    ("{{ a", " or not a", " }}"),
    ("{{ a", " == a", " }}"),
    ("{{ a", " in a", " }}"),
    ("{{ a", " is not defined", " }}"),
    ("{{ ", "a if a else ", "a }}"),
    ("{{ a", " if a", " }}"),
    ("{{ a|replace(", "a, ", "a) }}"),
    ("{{ a in [", "1, ", "1] }}"),
    ("{{ '", "x", "' }}"),
    ("{{ '", "\\", "' }}"),
    ("{{ '", "\\n", "'|title|title|title|title|title }}"),
    ("{{ ", "9", " }}"),
    ("{{ 0.", "9", " }}"),
    ("{{ ", "a", " }}"),
    ("{{ ", "é", " }}"),
    ("{{ ", " ", "a }}"),
    ("{{ ", "\n", "a }}"),
    ("", "{{", ""),
    ("", "{%", ""),
    ("", "{#", ""),
    ("", "{", ""),
    ("", "}}", ""),
    ("", "{{ a }}", ""),
    ("", "{{-1-}}", ""),
    ("", "{#x#}", ""),
    ("", "{% if a %}", ""),
    ("", "{% if a %}x{% endif %}", ""),
    ("", "{% for a in a %}", ""),
    ("", "{% for x in list %}{% endfor %}", ""),
    ("{% if a %}", "{% elif a %}", "{% endif %}"),
    ("{% if a %}", "{% else %}", "{% endif %}"),
    ("", "{% raw %}", ""),
    ("{% raw %}", "{% endra", "{% endraw %}"),
    ("", "{% endfor %}", ""),
    ("{% for x in list %}", "text ", "{{ text }}{% endfor %}"),
    ("{% for x in list %}", "{{ x }}", "{% endfor %}"),
];
