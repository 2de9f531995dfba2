//! Tests of the template language and its limits.

use super::*;
use serde_json::json;

fn render(html_body: &str, variables: Value) -> Result<Rendered, FieldError> {
    let subject = "Hi {{ name }}";
    let text_body = Some("Hi {{ name }}");
    let source = Source {
        subject,
        html_body,
        text_body,
    };
    source.render(variables.as_object().unwrap(), &Clock::system())
}

/// Renders the HTML body with these variables, or returns the error.
fn html_of(html_body: &str, mut variables: Value) -> String {
    variables["name"] = json!("Ann");
    match render(html_body, variables) {
        Ok(mail) => mail.html_body,
        Err(error) => error.message,
    }
}

/// Returns the syntax error of a template.
fn refusal(html_body: &str) -> String {
    let source = Source {
        subject: "a",
        html_body,
        text_body: None,
    };
    match source.check(&Clock::system()) {
        Ok(()) => "accepted".to_owned(),
        Err(errors) => errors[0].message.clone(),
    }
}

#[test]
fn variables_are_escaped_in_html_only() {
    let mail = render("<p>{{ name }}</p>", json!({"name": "<b>&\r\nBcc: x"})).unwrap();
    assert_eq!(mail.html_body, "<p>&lt;b&gt;&amp;\r\nBcc: x</p>");
    assert_eq!(mail.subject, "Hi <b>& Bcc: x");
    assert_eq!(mail.text_body.as_deref(), Some("Hi <b>&\r\nBcc: x"));
}

#[test]
fn missing_variables_are_named() {
    for (html, missing) in [
        ("{{ company }}", "variables.company"),
        ("{{ user.first }}", "variables.user.first"),
        ("{{ nobody.first }}", "variables.nobody"),
        ("{{ company|upper }}", "variables.company"),
        ("{% for x in items %}{% endfor %}", "variables.items"),
        ("{% if company %}{% endif %}", "variables.company"),
    ] {
        let error = render(html, json!({"name": "A", "user": {}})).unwrap_err();
        assert_eq!(
            (error.field.as_str(), error.code),
            (missing, ErrorCode::MissingVariable),
            "{html}"
        );
    }
    let html = "{{ company|default('us') }}{% if x is defined %}{{ x }}{% endif %}";
    assert_eq!(html_of(html, json!({})), "us");
}

#[test]
fn values_print_as_a_person_writes_them() {
    let variables = json!({"yes": true, "no": false, "nothing": null, "whole": 3, "half": 0.5,
        "list": ["a<b", 1, null, true], "nested": [["x"], {"a": 1}], "object": {"a": [1, "b"]},
        "empty": "", "none_of_it": [], "zero": 0});
    for (template, expected) in [
        ("{{ yes }} {{ no }}", "true false"),
        ("[{{ nothing }}]", "[]"),
        ("{{ whole }} {{ half }} {{ -2 }} {{ 1.50 }}", "3 0.5 -2 1.5"),
        ("{{ list }}", "a&lt;b, 1, , true"),
        ("{{ nested }}", "[&quot;x&quot;], {&quot;a&quot;:1}"),
        ("{{ object|safe }}", r#"{"a":[1,"b"]}"#),
        ("{{ list|join('-') }}", "a&lt;b-1--true"),
        // `default` applies to undefined, null and empty values.
        ("{{ gone|default('d') }}{{ gone.deep|default('d') }}", "dd"),
        (
            "{{ nothing|default('d') }}{{ nothing.deep|default('d') }}",
            "dd",
        ),
        (
            "{{ empty|default('d') }}{{ none_of_it|default('d') }}",
            "dd",
        ),
        ("{{ no|default('d') }} {{ zero|default('d') }}", "false 0"),
        ("{{ gone|default(name)|upper }}{{ gone|default }}", "ANN"),
    ] {
        assert_eq!(html_of(template, variables.clone()), expected, "{template}");
    }
}

#[test]
fn the_language_of_the_guide_works() {
    let variables = json!({"vip": true, "items": ["Scarf", "Gloves"], "plan": "gold",
        "order": {"number": 1234, "items": [{"n": 2}, {"n": 3}]}, "prénom": "Zoë", "नाम": "अनु",
        "first-name": "A", "user": {"first-name": "B"}, "text": "one two"});
    for (template, expected) in [
        (
            "{{ order.number }} {{ order['number'] }} {{ items[0] }} {{ items[-1] }}",
            "1234 1234 Scarf Gloves",
        ),
        ("{{ user['first-name'] }}", "B"),
        ("{{ prénom }} {{ नाम }}", "Zoë अनु"),
        (
            "{{ name|upper }} {{ name|lower }} {{ text|title }} {{ text|capitalize }}",
            "ANN ann One Two One two",
        ),
        (
            "{{ ' x '|trim }}{{ text|replace('o', '0') }}{{ text|length }}{{ items|first }}",
            "x0ne tw07Scarf",
        ),
        (
            "{{ '<b>'|safe }}{{ '<'|escape }}{{ '<'|escape|escape }}",
            "<b>&lt;&lt;",
        ),
        (
            "{% if vip %}a{% else %}b{% endif %}{% if not vip %}a{% elif plan == 'gold' %}c{% endif %}",
            "ac",
        ),
        (
            "{% if plan in ['silver', 'gold'] and items|length > 1 or gone %}y{% endif %}",
            "y",
        ),
        (
            "{% if 'Scarf' in items and 'x' not in items and plan != 'x' %}y{% endif %}",
            "y",
        ),
        ("{{ 'a' if vip else 'b' }}{{ 'a' if not vip }}", "a"),
        (
            "{% for item in items %}{{ loop.index }}{{ item }}{% if not loop.last %}, {% endif %}{% endfor %}",
            "1Scarf, 2Gloves",
        ),
        (
            "{% for item in order.items %}{% for other in items %}{{ item.n }}{% endfor %}{% endfor %}",
            "2233",
        ),
        (
            "{% for key, value in user %}{{ key }}={{ value }}{% endfor %}",
            "first-name=B",
        ),
        (
            "{% for x in [] %}",
            "Line 1: a list can stand only after `in`, as in x in [\"a\", \"b\"].",
        ),
        ("{{ 'Dear ' ~ name }}{# a note #}", "Dear Ann"),
        ("{% raw %}{{ x }}{#id{% endraw %}", "{{ x }}{#id"),
        ("a {{- name -}} b\n", "aAnnb"),
        ("{{ '}}' }}{{ \"a\\\"b\"|safe }}", "}}a\"b"),
        (
            "{% if gone is defined %}a{% endif %}{% if gone is not defined %}b{% endif %}{% if vip is none %}c{% endif %}",
            "b",
        ),
    ] {
        let html = html_of(template, variables.clone());
        let html = html.rsplit("with these. ").next().unwrap();
        assert_eq!(html, expected, "{template}");
    }
}

#[test]
fn errors_tell_the_line_and_what_to_write() {
    for (template, line, part) in [
        ("<p>\n{{ name }\n</p>", 2, "End with `}}`"),
        ("\n\n{{ name", 3, "`{{` has no `}}`"),
        (
            "{{ name|uper }}",
            1,
            "there is no filter `uper`. Use one of default, upper,",
        ),
        ("{{ now() }}", 1, "cannot call functions"),
        ("{{ a is odd }}", 1, "there is no test `odd`"),
        ("{% set a = 1 %}", 1, "there is no tag `set`"),
        ("{% include 'x' %}", 1, "there is no tag `include`"),
        ("{% import 'x' as x %}", 1, "there is no tag `import`"),
        ("{{ price * 2 }}", 1, "cannot calculate"),
        ("{{ a + b }}", 1, "cannot calculate"),
        ("{{ first-name }}", 1, "`-`"),
        ("{{ a:b }}", 1, "`:` is not part of the template language"),
        ("{{ }}", 1, "found `}}` instead of a variable"),
        ("{% if %}", 1, "found `%}` instead of a variable"),
        ("\n{% if a %}\n\n", 2, "`{% if %}` has no `{% endif %}`"),
        ("{% endfor %}", 1, "stands outside of a block"),
        ("{% if a %}{% endfor %}", 1, "instead of `{% endif %}`"),
        (
            "<style>\n@media print{#menu{color:red}}</style>",
            2,
            "In CSS, write",
        ),
        (
            "<style>{#menu{color:red}}</style>{# note #}",
            1,
            "In CSS, write",
        ),
        ("{% raw %}\n", 1, "`{% raw %}` has no"),
        ("{{ 'a }}", 1, "does not end"),
        ("{{ a == b == c }}", 1, "write `and` between"),
        ("{{ name|replace('a') }}", 1, "`replace` takes exactly 2"),
    ] {
        let message = refusal(template);
        assert!(
            message.starts_with(&format!("Line {line}: ")) && message.contains(part),
            "{template}: {message}"
        );
    }
}

#[test]
fn chains_and_nesting_are_bounded_when_parsed() {
    let times = |text: &str| text.repeat(meter::MAX_CHAIN + 2);
    let deep = meter::MAX_DEPTH + 1;
    for template in [
        format!("{{{{ {}1 }}}}", "-".repeat(8000)),
        format!("{{{{ {}a }}}}", times("not ")),
        format!("{{{{ a{} }}}}", times(".a")),
        format!("{{{{ a{} }}}}", times("|upper")),
        format!("{{{{ a{} }}}}", times("[0]")),
        format!("{{{{ a{} }}}}", times(" ~ a")),
        format!("{{{{ a{} }}}}", times(" and a")),
        format!("{{{{ a{} }}}}", times(" or a")),
        format!("{{{{ a in [{}] }}}}", times("1,")),
        format!("{{% if a %}}{}{{% endif %}}", times("{% elif a %}")),
        format!("{{{{ {}a{} }}}}", "(".repeat(deep), ")".repeat(deep)),
        format!("{{{{ {}a{} }}}}", "a[".repeat(deep), "]".repeat(deep)),
        format!("{{{{ {}a }}}}", "a if a else ".repeat(deep)),
        format!(
            "{}{}",
            "{% if a %}".repeat(deep),
            "{% endif %}".repeat(deep)
        ),
        format!(
            "{}{}",
            "{% for a in a %}".repeat(deep),
            "{% endfor %}".repeat(deep)
        ),
        "{{ a }}".repeat(meter::MAX_TOKENS / 3 + 1),
        "a".repeat(BODY_MAX_BYTES + 1),
        format!("{{{{ {} }}}}", "a".repeat(meter::MAX_NAME_CHARS + 1)),
    ] {
        let message = refusal(&template);
        let shown: String = template.chars().take(60).collect();
        assert!(message.starts_with("Line 1: "), "{shown}: {message}");
    }
}

#[test]
fn what_a_template_makes_is_bounded() {
    let many: Vec<_> = (0..1000).collect();
    let long = "\"".repeat(60_000);
    let variables = json!({"many": many, "long": long, "list": [many, many]});
    let looped = |inner: &str| {
        let inner = format!("{{% for a in many %}}{inner}{{% endfor %}}");
        format!("{{% for b in many %}}{inner}{{% endfor %}}")
    };
    for template in [
        looped("x"),
        looped("{{ long }}"),
        looped("{{ list }}"),
        looped("{{ many|join(long) }}"),
        looped("{{ long|replace('\"', long) }}"),
        looped("{{ long|upper|title|escape }}"),
        looped("{{ long ~ long ~ long }}"),
        looped("{% if long in list %}{% endif %}"),
        looped("{% if long == long %}{% endif %}"),
        "{{ many|join(long) }}".to_owned(),
        "{{ long|escape|escape|replace('q', long) }}{{ long|replace('\"', long) }}".to_owned(),
    ] {
        let message = html_of(&template, variables.clone());
        assert!(
            message.starts_with("The template's html_body does not work"),
            "{template}"
        );
        assert!(message.contains("Line 1: "), "{template}: {message}");
    }
}
